import { useEffect, useRef, useState, type RefObject } from 'react';

/**
 * Returns the width of an element in pixels. Plots are drawn to measure, since text
 * in a drawing that is scaled is too small on a phone.
 */
export function useWidth<T extends Element>(fallback: number): [RefObject<T | null>, number] {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(fallback);

  useEffect(() => {
    if (element.current === null || typeof ResizeObserver === 'undefined') {
      return undefined;
    }

    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) {
        setWidth(Math.floor(entry.contentRect.width));
      }
    });

    observer.observe(element.current);

    return () => observer.disconnect();
  }, []);

  return [element, width];
}
