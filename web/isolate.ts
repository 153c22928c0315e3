/** Cross-origin isolation where the host sends no headers: by a service worker, and one reload. */

const TRIED = 'frenkel-isolated';

/** True where the page reloads now. A host without headers, or a browser without service workers, leaves one thread. */
export async function isolate(): Promise<boolean> {
  if (crossOriginIsolated || !isSecureContext || !navigator.serviceWorker) return false;
  if (sessionStorage.getItem(TRIED) !== null) return false;
  try {
    await navigator.serviceWorker.register('./sw.js');
    await Promise.race([navigator.serviceWorker.ready, new Promise((_, no) => setTimeout(no, 20_000))]);
    sessionStorage.setItem(TRIED, 'yes');
    location.reload();
    return true;
  } catch {
    return false;
  }
}
