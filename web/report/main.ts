/// The page that `trilane report` writes: what the command line put into it, as plots and tables. It loads nothing.

import { element } from '../shared/element.ts';
import { count } from '../shared/format.ts';
import { ChangesSection } from './changes.ts';
import { Choices } from './choices.ts';
import { type File, type Report, filesOf, readReport } from './data.ts';
import { DistributionSection } from './distributions.ts';
import { showEnvironment } from './environment.ts';
import { showGlance } from './glance.ts';
import { say } from './limits.ts';
import { RooflineSection } from './rooflines.ts';
import { ThroughputSection } from './throughput.ts';

/** "2 files: native, chromium. 252 cases of ternary-weight kernels, each output checked before it was timed." */
function lead(files: File[]): string {
  const cases = new Set(files.flatMap(({ benchmarks }) => benchmarks.map((one) => one.case))).size;
  const machines = new Set(files.map(({ baseline }) => baseline.environment.cpu.model ?? 'an unknown CPU'));
  const names = files.slice(0, 8).map(({ name }) => name).join(', ') + (files.length > 8 ? ' and others' : '');
  return (
    `Ternary-weight kernels, ${count(cases)} ${cases === 1 ? 'case' : 'cases'}, measured on ${[...machines].slice(0, 3).join(', ')}` +
    `${machines.size > 3 ? ' and others' : ''}: ${names}. Every output was checked before it was timed.`
  );
}

function show(report: Report): void {
  const files = filesOf(report);
  const title = report.title || 'trilane report';
  document.title = title;
  element('title').textContent = title;
  element('lead').textContent = lead(files);
  element('made-by').textContent = `Made by ${report.made_by}. Everything that it shows is in this file.`;
  showGlance(files);
  showEnvironment(files);

  const changes = new ChangesSection(report.comparisons, files);
  const choices = new Choices(files, () => {
    for (const section of sections) section.changed();
  });
  const sections = [new ThroughputSection(choices, files.length > 1), new RooflineSection(choices, files), new DistributionSection(choices, files)];
  changes.changed();
  for (const section of sections) section.changed();
}

/** Paper is white: the plots, all of them, are drawn anew for it before the sheet is made. */
addEventListener('beforeprint', () => document.documentElement.classList.add('paper'));
addEventListener('afterprint', () => document.documentElement.classList.remove('paper'));

const report = readReport(element('trilane-report-1'));
if (report) {
  show(report);
  document.documentElement.dataset['state'] = 'shown';
} else {
  say(element('failure'), 'This is the template of a report: trilane report FILES -o report.html fills it.');
}
