/** Runs one task at a time; of those that come meanwhile only the last one, when its turn comes. */
export class Latest {
  #running = false;
  #next: (() => Promise<void>) | null = null;

  async run(task: () => Promise<void>): Promise<void> {
    this.#next = task;
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#take(); next; next = this.#take()) await next();
    } finally {
      this.#running = false;
    }
  }

  #take(): (() => Promise<void>) | null {
    const next = this.#next;
    this.#next = null;
    return next;
  }
}
