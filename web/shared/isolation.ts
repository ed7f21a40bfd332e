/**
 * Where a site's headers cannot be set, a service worker adds those that isolate its pages: the clock then ticks finely.
 * It answers only pages that are opened while it is there, so the page is loaded a second time, once.
 */

/** Set from the reload until a page is isolated, so that a browser that cannot do it reloads once. */
const reloadedMark = 'trilane-reloaded-to-isolate';

async function isolate(): Promise<void> {
  if (crossOriginIsolated) {
    sessionStorage.removeItem(reloadedMark);
    return;
  }
  // A page in a frame depends on the page around it.
  if (!isSecureContext || !('serviceWorker' in navigator) || window !== window.top) return;
  if (sessionStorage.getItem(reloadedMark) !== null) return;
  // The build puts scripts into a folder of the site, the worker beside it: it sees what is below its own folder.
  const worker = '../isolation-worker.js';
  await navigator.serviceWorker.register(new URL(worker, import.meta.url));
  await navigator.serviceWorker.ready;
  sessionStorage.setItem(reloadedMark, '');
  location.reload();
}

// Without workers or storage, as in some private windows, the page works all the same, on a coarser clock.
isolate().catch(() => {});

export {};
