import { useRef, type ReactNode } from 'react';

// What an import reads, as far as a name tells.
const accepted = '.csv,.tsv,.txt,.gz,.zst,text/csv,text/tab-separated-values';

export interface FileButtonProps {
  label: string;
  className?: string;
  /** The element that says more of it. */
  describedBy?: string;
  /** Whether more than one file can be chosen. */
  multiple?: boolean;
  /** What stands before the label. */
  children?: ReactNode;
  onFiles: (files: readonly File[]) => void;
}

/** A button that has the browser ask for files. */
export function FileButton({ label, className = 'bi-button', describedBy, multiple = false, children, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);

  return (
    <>
      <button type="button" className={className} aria-describedby={describedBy} onClick={() => input.current?.click()}>
        {children}
        {label}
      </button>
      <input
        ref={input}
        className="bi-unseen"
        type="file"
        multiple={multiple}
        hidden
        aria-label={label}
        accept={accepted}
        onChange={(event) => {
          const files = Array.from(event.target.files ?? []);
          // The same file may be chosen again, once it was corrected.
          event.target.value = '';

          if (files.length > 0) {
            onFiles(files);
          }
        }}
      />
    </>
  );
}
