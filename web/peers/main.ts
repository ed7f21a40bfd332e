/// The page: hands tasks to a worker of their own and shows how far they are. The command drives it.

import { environment } from '../bench/environment.ts';
import type { Answer, Message, Task } from './protocol.ts';

/** What the command sees of the page. */
export interface PeersPage {
  readonly environment: typeof environment;
  start(task: Task): void;
  state: { done: number; status: string; answer: Answer | null; error: string | null };
}

declare global {
  var peers: PeersPage;
}

const statusLine = document.getElementById('status')!;

globalThis.peers = {
  environment,
  state: { done: 0, status: '', answer: null, error: null },
  start(task) {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      Object.assign(this.state, data);
      statusLine.textContent = this.state.error ?? (this.state.answer ? 'Done.' : this.state.status);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.state.error = event.message || 'the worker could not be loaded';
    });
    worker.postMessage(task);
  },
};
