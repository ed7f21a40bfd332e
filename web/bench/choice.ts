/// The chips: which operations, formats and inputs there are, and the pattern that a choice of them makes.

import type { Case } from './protocol.ts';

export const groups = ['op', 'format', 'input'] as const;
export type Group = (typeof groups)[number];

/** The chosen values by group. Nothing chosen in a group means all of it. */
export type Choice = Record<Group, ReadonlySet<string>>;

/** The values of a group, in the suite's order. */
export const valuesOf = (cases: Case[], group: Group): string[] => [...new Set(cases.map((one) => one[group]))];

/** Inputs that the same operations work on stand together: [operations, inputs] in the suite's order. */
export function inputsByOperations(cases: Case[]): [operations: string[], inputs: string[]][] {
  const together = new Map<string, [string[], string[]]>();
  for (const input of valuesOf(cases, 'input')) {
    const operations = valuesOf(cases.filter((one) => one.input === input), 'op');
    const key = operations.join();
    const entry = together.get(key) ?? [operations, []];
    entry[1].push(input);
    together.set(key, entry);
  }
  return [...together.values()];
}

const chosen = (choice: Choice, one: Case, group: Group): boolean =>
  choice[group].size === 0 || choice[group].has(one[group]);

/** The values of a group that leave a case, given what is chosen in the other groups. */
export function availableIn(cases: Case[], choice: Choice, group: Group): Set<string> {
  const others = groups.filter((other) => other !== group);
  const left = cases.filter((one) => others.every((other) => chosen(choice, one, other)));
  return new Set(valuesOf(left, group));
}

/** The regular expression of exactly the chosen cases; empty if nothing is chosen. Names are op/format/input or op/input/format. */
export function composeFilter(cases: Case[], choice: Choice): string {
  if (groups.every((group) => choice[group].size === 0)) return '';
  const left = cases.filter((one) => groups.every((group) => chosen(choice, one, group)));
  const parts: string[] = [];
  for (const inputFirst of [false, true]) {
    const alike = left.filter((one) => isInputFirst(one) === inputFirst);
    if (alike.length === 0) continue;
    const any = (group: Group) => (choice[group].size === 0 ? '[^/]+' : alternatives(valuesOf(alike, group)));
    // Only the operations tell the two kinds of names apart.
    const both = left.length > alike.length;
    const op = both ? alternatives(valuesOf(alike, 'op')) : any('op');
    parts.push(inputFirst ? `${op}/${any('input')}/${any('format')}` : `${op}/${any('format')}/${any('input')}`);
  }
  return parts.length === 1 ? `^${parts[0]}$` : `^(${parts.join('|')})$`;
}

const isInputFirst = (one: Case): boolean => one.case.startsWith(`${one.op}/${one.input}/`);

function alternatives(values: string[]): string {
  const escaped = values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
}
