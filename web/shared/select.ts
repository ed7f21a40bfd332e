/** Offers these options; the chosen one stays chosen if it is among them. */
export function offer(select: HTMLSelectElement, options: { value: string; text: string }[]): void {
  const { value } = select;
  select.replaceChildren(...options.map((one) => new Option(one.text, one.value)));
  if (options.some((one) => one.value === value)) select.value = value;
}
