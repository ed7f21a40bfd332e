/** The colours, each as rgb(…), and the letters of a plot. */
export interface Theme {
  text: string;
  quiet: string;
  line: string;
  good: string;
  bad: string;
  warning: string;
  series: string[];
  font: string;
}

const seriesCount = 6;

/** What style.css says now, in the scheme that is on. */
export function currentTheme(): Theme {
  // A custom property holds light-dark(…) as it was written; only a real property resolves it.
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const theme: Theme = {
    text: colour('text'),
    quiet: colour('quiet'),
    line: colour('line'),
    good: colour('good'),
    bad: colour('bad'),
    warning: colour('warning'),
    series: Array.from({ length: seriesCount }, (_, i) => colour(`series-${i + 1}`)),
    font: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return theme;
}
