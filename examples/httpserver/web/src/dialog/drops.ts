import { useEffect, useRef } from 'react';

type Taker = ((files: readonly File[]) => void) | null;

// Who takes what is dropped, the last one on top: a dialog stands above the page.
const takers: { current: Taker }[] = [];

/**
 * Takes files that are dropped anywhere in the window, rather than on a place for them:
 * the browser would leave the page to show such a file. null takes none, and keeps the
 * page nevertheless. Of several components the last one that came takes them.
 */
export function useDrops(onFiles: Taker): void {
  const taker = useRef(onFiles);
  useEffect(() => {
    taker.current = onFiles;
  });

  useEffect(() => {
    if (takers.length === 0) {
      addEventListener('dragover', drag);
      addEventListener('drop', drop);
    }

    takers.push(taker);

    return () => {
      takers.splice(takers.indexOf(taker), 1);

      if (takers.length === 0) {
        removeEventListener('dragover', drag);
        removeEventListener('drop', drop);
      }
    };
  }, []);
}

// Text that is dragged into a field is none of this. What was prevented has found a
// place for files already.
function hasFiles(event: DragEvent): boolean {
  return !event.defaultPrevented && event.dataTransfer?.types.includes('Files') === true;
}

function drag(event: DragEvent): void {
  if (hasFiles(event)) {
    event.preventDefault();
    event.dataTransfer!.dropEffect = takers.at(-1)?.current == null ? 'none' : 'copy';
  }
}

function drop(event: DragEvent): void {
  if (!hasFiles(event)) {
    return;
  }

  event.preventDefault();
  const files = Array.from(event.dataTransfer!.files);

  if (files.length > 0) {
    takers.at(-1)?.current?.(files);
  }
}
