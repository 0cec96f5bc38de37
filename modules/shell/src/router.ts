/** Addresses of pages. What is asked for stands in the path and the query, so that a page can be sent to a colleague. */
import { base } from './api.js';

export interface Place {
  path: string[];
  query: URLSearchParams;
}

type Guard = () => boolean;
let guard: Guard | null = null;

export function here(): Place {
  const path = location.pathname.slice(base.length).split('/').filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(location.search) };
}

/** Asked before the page is left; answers whether it may be. Null: nothing to lose. */
export function guardLeaving(by: Guard | null): void {
  guard = by;
}

/** Something is typed that is not saved. */
export function unsaved(): boolean {
  return guard !== null;
}

export function mayLeave(): boolean {
  return !guard || guard();
}

export function href(path: string): string {
  return base + path;
}

/** Goes to a page of the shell; `replace` leaves no step back. */
export function go(path: string, replace = false): void {
  if (!mayLeave()) return;
  guard = null;
  history[replace ? 'replaceState' : 'pushState'](null, '', base + path);
  dispatchEvent(new Event('es-place'));
}

/** Follows links of the shell without loading the page anew. */
export function watchLinks(): void {
  let lastPlace = location.href;
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
    if (!link?.href || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    const path = link.pathname;
    if (!path.startsWith(base) || path.startsWith(`${base}/api/`)) return;
    if (link.hash && path === location.pathname) return;
    event.preventDefault();
    go(path.slice(base.length) + link.search);
    lastPlace = location.href;
  });
  addEventListener('popstate', () => {
    if (!mayLeave()) {
      history.pushState(null, '', lastPlace);
      return;
    }
    guard = null;
    dispatchEvent(new Event('es-place'));
  });
  addEventListener('es-place', () => (lastPlace = location.href));
  addEventListener('beforeunload', (event) => {
    if (guard && !document.body.hasAttribute('data-leaving')) event.preventDefault();
  });
}
