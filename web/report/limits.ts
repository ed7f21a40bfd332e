/// A report may have thousands of cases: what is plotted or listed at once is limited, and what is left out is said.

import { count } from '../shared/format.ts';

/** As many colours as there are. */
export const mostFiles = 6;
export const mostOptions = 500;
export const mostRows = 500;
export const mostRatios = 40;
export const mostPoints = 600;
export const mostSamples = 6000;

export interface Limited<T> {
  shown: T[];
  all: number;
}

/** The first entries of whole cases: if a case's entry is among them, so is its other archs' (but for one case with too many). */
export function firstCases<T extends { case: string }>(entries: T[], most: number): Limited<T> {
  if (entries.length <= most) return { shown: entries, all: entries.length };
  const byCase = new Map<string, T[]>();
  for (const one of entries) {
    const ofCase = byCase.get(one.case);
    if (ofCase) ofCase.push(one);
    else byCase.set(one.case, [one]);
  }
  const shown: T[] = [];
  for (const ofCase of byCase.values()) {
    if (shown.length > 0 && shown.length + ofCase.length > most) break;
    shown.push(...ofCase.slice(0, most));
  }
  return { shown, all: entries.length };
}

export const first = <T>(items: T[], most: number): Limited<T> => ({ shown: items.slice(0, most), all: items.length });

/** "The first 500 of 3,000 rows."; empty where nothing is left out. */
export function leftOut({ shown, all }: Limited<unknown>, what: string, hint = ''): string {
  return shown.length === all ? '' : `The first ${count(shown.length)} of ${count(all)} ${what}${hint && `: ${hint}`}.`;
}

export function say(element: HTMLElement, sentence: string): void {
  element.textContent = sentence;
  element.hidden = sentence === '';
}
