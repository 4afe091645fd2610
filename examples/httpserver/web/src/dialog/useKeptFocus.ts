import { useEffect, type RefObject } from 'react';

/**
 * Keeps the focus in a dialog where the element that has it goes away, or is disabled,
 * with what it was for: the browser would give it to the page, and whoever uses the
 * keyboard or hears the page would begin anew. It goes to the heading of the same card,
 * of the one that has moved into its place, or of the dialog.
 */
export function useKeptFocus(dialog: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = dialog.current!;
    const cards = () => Array.from(root.querySelectorAll('.bi-item'));
    let last: Element | null = null;
    let card: Element | null = null;
    let place = -1;

    const remember = (event: FocusEvent) => {
      last = event.target as Element;
      card = last.closest('.bi-item');
      place = card === null ? -1 : cards().indexOf(card);
    };

    const next = (): HTMLElement | null => {
      const all = cards();
      const near = card === null ? (all.length === 1 ? all[0] : undefined) : root.contains(card) ? card : (all[place] ?? all.at(-1));

      return (
        near?.querySelector<HTMLElement>('h3') ??
        (all.length === 0 ? root.querySelector<HTMLElement>('.bi-drop button') : null) ??
        root.querySelector<HTMLElement>('h2')
      );
    };

    const keep = () => {
      const active = document.activeElement;
      const lost = last !== null && (!root.contains(last) || last.matches(':disabled'));

      // Somebody else may have given it to another element already.
      if (lost && (active === null || active === document.body || active === last)) {
        next()?.focus();
      }
    };

    const observer = new MutationObserver(keep);
    observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
    root.addEventListener('focusin', remember);

    return () => {
      observer.disconnect();
      root.removeEventListener('focusin', remember);
    };
  }, [dialog]);
}
