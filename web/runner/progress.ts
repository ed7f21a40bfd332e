/** A line on the terminal that is written over; silent when standard error is no terminal. */
export const progress = {
  show(text: string) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  },
  clear() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  },
};
