/** Addresses of pages. What is asked for stands in the path and the query, so that a page can be sent to a colleague. */
import { base } from './api.js';

export interface Place {
  path: string[];
  query: URLSearchParams;
}

/** What an entry of the history keeps: where one came from, and how far down the page one was. */
interface State {
  from?: string;
  rows?: number;
  scroll?: number;
}

export function kept(): State {
  return (history.state as State | null) ?? {};
}

/** So that Back finds as many rows, and the same of them in sight. */
export function keepPlace(rows: number): void {
  history.replaceState({ ...kept(), rows, scroll: scrollY }, '');
}

type Guard = () => boolean;
/** Of each form in which something is typed: a card may have several open. */
const guards = new Map<object, Guard>();

export function here(): Place {
  const path = location.pathname.slice(base.length).split('/').filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(location.search) };
}

/** Asked before the page is left; answers whether it may be. Null: this form has nothing to lose. */
export function guardLeaving(form: object, by: Guard | null): void {
  if (by) guards.set(form, by);
  else guards.delete(form);
}

/** What is typed may be lost: whoever had typed it has said so, or is not here any more. */
export function dropGuards(): void {
  guards.clear();
}

/** Something is typed that is not saved. */
export function unsaved(): boolean {
  return guards.size > 0;
}

export function mayLeave(): boolean {
  const [first] = guards.values(); // asked once, however many forms there are
  return !first || first();
}

export function href(path: string): string {
  return base + path;
}

/** Goes to a page of the shell; `replace` leaves no step back. */
export function go(path: string, replace = false): void {
  if (!mayLeave()) return;
  dropGuards();
  const from: State = { from: location.pathname.slice(base.length) + location.search };
  history[replace ? 'replaceState' : 'pushState'](replace ? null : from, '', base + path);
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
    dropGuards();
    dispatchEvent(new Event('es-place'));
  });
  addEventListener('es-place', () => (lastPlace = location.href));
  addEventListener('beforeunload', (event) => {
    if (guards.size && !document.body.hasAttribute('data-leaving')) event.preventDefault();
  });
}
