import { useEffect, useId, useMemo, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import { Client, type GetToken } from '../api/client';
import { hasNoRows, type JobStatus } from '../api/types';
import { I18nProvider, useI18n, type Locale } from '../i18n/i18n';
import { put } from '../importing/put';
import { isCheckedWith, keyOf, Queue, type Item, type Misfit, type Options } from '../importing/queue';
import { productsBase, type Kind } from '../kind';
import { Icon } from '../ui/Icon';
import { Announcer } from './Announcer';
import { useDrops } from './drops';
import { FilePicker } from './FilePicker';
import { ItemCard } from './ItemCard';
import { Leave, lossOf, type Loss } from './Leave';
import { OptionsForm } from './OptionsForm';
import { Summary } from './Summary';
import { Template } from './Template';
import { useKeptFocus } from './useKeptFocus';
import { wrongOption } from './wrongOption';

export interface AdminGlobalImportDialogProps {
  /** The address of the imports. Default: /api/v1/admin/products/import of this origin. */
  apiBase?: string;
  /** Returns the token of the user, whenever one is needed. */
  getToken: GetToken;
  /** Called when the user closes the dialog: take it out of the page then. */
  onClose: () => void;
  /** Called once for every import of this dialog that has ended, whatever its status. */
  onCompleted?: (job: JobStatus) => void;
  /**
   * Called when the server takes the token no more. The dialog keeps what it has; once
   * getToken returns a new one, change tokenVersion and it goes on.
   */
  onUnauthorized?: () => void;
  /** Any value that changes with the token. */
  tokenVersion?: unknown;
  /** The language. Default: English. */
  locale?: Locale;
  /** Default: products. */
  kind?: Kind;
  /** Files that are uploaded at once, such as some that were dropped elsewhere. */
  initialFiles?: readonly File[];
  /** What the options are set to at first. */
  initialOptions?: Options;
  /** Most files at a time. Default: 50. */
  maxFiles?: number;
  /** The colours. Default: those of the system. */
  theme?: 'light' | 'dark';
}

/**
 * The dialog of an import, from choosing files to the end: upload, dry run, options,
 * progress, result, correction. It opens as a modal dialog as soon as it is in the
 * page, and gives the focus back when it goes.
 */
export function AdminGlobalImportDialog({ locale = 'en', ...props }: AdminGlobalImportDialogProps) {
  // Files and options belong to an address and a kind. With another it begins anew, and
  // without the files that it began with: those were for the former.
  const place = `${props.kind ?? 'products'} ${props.apiBase ?? productsBase}`;
  const [first] = useState(place);

  return (
    <I18nProvider locale={locale}>
      <Dialog key={place} {...props} initialFiles={place === first ? (props.initialFiles ?? []) : []} />
    </I18nProvider>
  );
}

// What can be set for which kind: an inventory has the rest fixed, and refuses it.
const defaults: Record<Kind, Options> = {
  products: {
    skip_duplicates: true,
    barcode_conflict: 'duplicate',
    auto_verify: false,
    process_images: true,
    default_region: '',
    notification_email: '',
  },
  inventory: { default_region: '', notification_email: '' },
};

function Dialog({
  apiBase = productsBase,
  getToken,
  onClose,
  onCompleted,
  onUnauthorized,
  tokenVersion,
  kind = 'products',
  initialFiles = [],
  initialOptions,
  maxFiles = 50,
  theme,
}: Omit<AdminGlobalImportDialogProps, 'locale'>) {
  const { t, locale } = useI18n();
  const title = useId();
  const element = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [options, setOptions] = useState<Options>({ ...defaults[kind], ...initialOptions });
  const [asked, setAsked] = useState<Loss | null>(null);
  const [refused, setRefused] = useState('');

  // The queue outlives changes of these, which it is to see nevertheless.
  const latest = useRef({ getToken, onCompleted, onUnauthorized });
  useEffect(() => {
    latest.current = { getToken, onCompleted, onUnauthorized };
  });

  const client = useMemo(() => new Client({ base: apiBase, getToken: () => latest.current.getToken() }), [apiBase]);

  const queue = useMemo(
    () =>
      new Queue({
        client,
        put,
        onUnauthorized: () => latest.current.onUnauthorized?.(),
        onEnded: (job) => latest.current.onCompleted?.(job),
      }),
    [client],
  );
  const items = useSyncExternalStore(queue.subscribe, queue.getItems);

  useModal(element, heading);
  useShown(element, items);
  useKeptFocus(element);

  const add = (files: readonly File[]) => {
    const room = Math.max(maxFiles - queue.getItems().length, 0);
    setRefused(files.length > room ? t('dialog.tooMany', { count: maxFiles }) : '');
    queue.add(files.slice(0, room), options);
  };

  useDrops(add);

  const first = useRef(initialFiles);
  const ending = useRef<{ queue: Queue; timer: ReturnType<typeof setTimeout> }>(undefined);
  useEffect(() => {
    // React in strict mode takes a component out and puts it back at once.
    if (ending.current?.queue === queue) {
      clearTimeout(ending.current.timer);
    }

    if (first.current.length > 0) {
      add(first.current);
      first.current = [];
    }

    return () => {
      ending.current = { queue, timer: setTimeout(() => queue.dispose()) };
    };
    // Only what the dialog was opened with.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [queue]);

  useEffect(() => {
    queue.wake();
  }, [queue, tokenVersion]);

  useWarning(queue);

  const close = () => {
    queue.discard();
    onClose();
  };

  // What would be lost may have arrived while it was asked about.
  const loss = lossOf(queue, items);
  const asking = asked !== null && asked === loss;

  if (asked !== null && !asking) {
    setAsked(null);
  }

  const before = useRef<Element>(null);

  const stay = () => {
    const to = before.current instanceof HTMLElement && before.current.isConnected ? before.current : heading.current;
    setAsked(null);
    to?.focus();
  };

  const stayButton = useRef<HTMLButtonElement>(null);

  // A second Escape takes the question back, as it does what an Escape opened. A second
  // click may be half of a double one, and has answered nothing.
  const leave = (by: 'key' | 'click') => {
    if (asking && by === 'click') {
      stayButton.current?.focus();
    } else if (asking) {
      stay();
    } else if (loss === null) {
      close();
    } else {
      before.current = document.activeElement;
      setAsked(loss);
    }
  };

  // Escape is taken before the browser has it: that lets a page prevent the closing by it
  // once between two clicks, and closes what it likes at the next.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) {
        return;
      }

      event.preventDefault();

      // A key that is held down is no second answer.
      if (!event.repeat) {
        leave('key');
      }
    };

    window.addEventListener('keydown', onKey);

    return () => window.removeEventListener('keydown', onKey);
  });

  const misfit = misfitOf(items, options);
  const unchecked = misfit === null ? items.filter((item) => isUnchecked(item, options)) : [];
  const startable = misfit === null ? items.filter(isStartable) : [];
  const open = items.length === 0 || items.some(({ phase }) => phase !== 'running' && phase !== 'ended' && phase !== 'unseen');
  // Unless the focus is in use it goes to what has to be set right.
  useEffect(() => {
    if (misfit !== null && (document.activeElement === document.body || document.activeElement?.matches('.bi-dialog [tabindex="-1"]'))) {
      showWrong(element.current);
    }
  }, [misfit]);

  const running = items.some(({ phase }) => phase === 'running' || phase === 'unseen');

  return (
    <dialog
      ref={element}
      className="bi-root bi-dialog"
      aria-labelledby={title}
      lang={locale}
      data-bi-theme={theme}
      onCancel={(event) => {
        // Inputs of files have a cancel event too, and it bubbles. One that cannot be
        // prevented is followed by that of closing.
        if (event.target === element.current && event.cancelable) {
          event.preventDefault();
          leave('key');
        }
      }}
      onClose={(event) => {
        if (event.target !== element.current) {
          return;
        }

        // Other ways to close, such as the gesture for back, can be prevented once.
        if (loss !== null) {
          element.current.showModal();
        }

        leave('key');
      }}
    >
      <header className="bi-dialog-head">
        <h2 ref={heading} id={title} tabIndex={-1}>
          {t(`dialog.title.${kind}`)}
        </h2>
        <button type="button" className="bi-button bi-quiet bi-square" onClick={() => leave('click')} aria-label={t('action.close')}>
          <Icon name="cross" />
        </button>
      </header>

      {asking && <Leave loss={loss} stay={stayButton} onLeave={close} onStay={stay} />}

      {items.length > 1 && <Summary items={items} kind={kind} onShow={(key) => show(element.current, key)?.focus({ preventScroll: true })} />}

      <div className="bi-dialog-body">
        {items.length === 0 && <p className="bi-lead">{t(`dialog.lead.${kind}`)}</p>}

        {items.map((item) => (
          <ItemCard
            key={item.key}
            item={item}
            client={client}
            queue={queue}
            options={options}
            alone={items.length === 1}
            kind={kind}
            onCorrect={() => showWrong(element.current)}
            onFiles={add}
          />
        ))}

        {!isFixing(items) && <FilePicker compact={items.length > 0} onFiles={add} />}
        {refused !== '' && (
          <p className="bi-refused" role="alert">
            {refused}
          </p>
        )}

        {items.length === 0 && <Template client={client} />}

        {open && (
          <OptionsForm
            options={options}
            kind={kind}
            wrong={misfit === null ? null : wrongOption(misfit.problem, options)}
            onChange={setOptions}
          />
        )}
        <Announcer items={items} kind={kind} />
      </div>

      <footer className="bi-dialog-foot">
        <div className="bi-foot-note">
          {unchecked.length > 0 && (
            <button
              type="button"
              className={`bi-button ${startable.length === 0 ? 'bi-primary' : 'bi-quiet'}`}
              onClick={() => queue.recheck(keysOf(unchecked), options)}
            >
              <Icon name="retry" />
              {t('dialog.recheck')}
            </button>
          )}
        </div>
        <button type="button" className="bi-button" onClick={() => leave('click')}>
          {t(running ? 'action.closeRunning' : 'action.close')}
        </button>
        {open && (
          <button
            type="button"
            className="bi-button bi-primary"
            disabled={startable.length === 0}
            onClick={() => queue.start(keysOf(startable), options)}
          >
            {startText(startable, options, t)}
          </button>
        )}
      </footer>
    </dialog>
  );
}

/** Returns why the server does not take these options, where that is known. */
function misfitOf(items: readonly Item[], options: Options): Misfit | null {
  const found = items.find(({ phase, misfit }) => phase === 'ready' && misfit?.options === keyOf(options));

  return found?.misfit ?? null;
}

/** Tells whether an item can be checked with these options, and was not. */
function isUnchecked(item: Item, options: Options): boolean {
  return item.phase === 'ready' && item.unchecked === null && !hasNoRows(item.check) && !isCheckedWith(item, options);
}

/** Tells whether an item can be started: somebody has seen what would come of it. */
function isStartable(item: Item): boolean {
  return item.phase === 'ready' && (item.check !== null || item.unchecked !== null) && !hasNoRows(item.check);
}

/**
 * Shows the card of an item, at the top, for it may grow; returns its heading. How fast the
 * dialog scrolls there is for its style to say.
 */
function show(dialog: HTMLElement | null, key: string): HTMLElement | null {
  const card = dialog?.querySelector(`[data-item="${key}"]`);
  card?.scrollIntoView({ block: 'start' });

  return card?.querySelector('h3') ?? null;
}

/** Shows the first of the files that are added to others: they stand below those. */
function useShown(dialog: RefObject<HTMLElement | null>, items: readonly Item[]): void {
  const known = useRef<readonly Item[]>([]);

  useEffect(() => {
    const added = items.find(({ key }) => !known.current.some((item) => item.key === key));

    if (added !== undefined && known.current.length > 0) {
      show(dialog.current, added.key);
    }

    known.current = items;
  }, [dialog, items]);
}

/** Opens the options at the one that is wrong. */
function showWrong(dialog: HTMLElement | null): void {
  const field = dialog?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const folded = field?.closest('details');

  if (folded) {
    folded.open = true;
  }

  field?.focus();
}

/** Tells whether the only import has rows to fix, and takes the corrected file itself. */
function isFixing(items: readonly Item[]): boolean {
  const only = items.length === 1 ? items[0] : undefined;

  return only?.phase === 'ended' && (only.job?.progress.errors ?? 0) > 0;
}

function keysOf(items: readonly Item[]): string[] {
  return items.map(({ key }) => key);
}

function startText(items: readonly Item[], options: Options, t: ReturnType<typeof useI18n>['t']): string {
  if (items.length > 1) {
    return t('dialog.startFiles', { count: items.length });
  }

  const [only] = items;
  const check = only !== undefined && isCheckedWith(only, options) ? only.check : null;

  // With other options it would be another number.
  return check?.complete === true && check.outcomes.successful > 0
    ? t('dialog.startRows', { count: check.outcomes.successful })
    : t('dialog.start');
}

/**
 * Opens the dialog as a modal one, with the focus on its heading, so that it is read
 * from there; gives the focus back in the end.
 */
function useModal(element: RefObject<HTMLDialogElement | null>, heading: RefObject<HTMLElement | null>): void {
  // In strict mode the effect runs twice, and by then the focus is elsewhere.
  const before = useRef<Element>(null);

  useEffect(() => {
    const dialog = element.current!;
    before.current ??= document.activeElement;

    if (!dialog.open) {
      dialog.showModal();
    }

    heading.current?.focus();

    return () => {
      if (before.current instanceof HTMLElement) {
        before.current.focus();
      }
    };
  }, [element, heading]);
}

/** Has the browser ask before the page goes with what would be lost. */
function useWarning(queue: Queue): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (lossOf(queue, queue.getItems()) !== null) {
        event.preventDefault();
      }
    };

    addEventListener('beforeunload', ask);

    return () => removeEventListener('beforeunload', ask);
  }, [queue]);
}
