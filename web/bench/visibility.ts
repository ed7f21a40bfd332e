/** Whether the page has been out of sight since it was last asked: browsers slow such pages down. */
export class VisibilityWatch {
  #hidden = document.hidden;

  constructor() {
    document.addEventListener('visibilitychange', () => {
      this.#hidden ||= document.hidden;
    });
  }

  wasHidden(): boolean {
    const hidden = this.#hidden;
    this.#hidden = document.hidden;
    return hidden;
  }
}
