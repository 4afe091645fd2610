import { useId, useState, type ReactNode } from 'react';
import { useI18n } from '../i18n/i18n';
import type { MessageKey } from '../i18n/messages';
import type { Options } from '../importing/queue';
import type { Kind } from '../kind';
import { mayBeAddress, type WrittenOption } from './wrongOption';

export interface OptionsFormProps {
  options: Options;
  kind: Kind;
  /** The option that the server does not take. */
  wrong: WrittenOption | null;
  onChange: (options: Options) => void;
}

/** The options of an import, folded away: the defaults are right for most. */
export function OptionsForm({ options, kind, wrong, onChange }: OptionsFormProps) {
  const { t } = useI18n();
  const set = (change: Options) => onChange({ ...options, ...change });
  // The address that was left in its field and can be none.
  const [slip, setSlip] = useState('');
  const email = options.notification_email ?? '';
  const slipped = slip !== '' && slip === email;
  const skip = options.skip_duplicates ?? true;

  return (
    <details className="bi-fold">
      <summary>{t('options.title')}</summary>
      <div className="bi-options">
        {kind === 'products' && (
          <>
            <Check label="options.skip" hint="options.skip.hint" checked={skip} onChange={(on) => set({ skip_duplicates: on })} />
            <Check
              label="options.distinct"
              hint="options.distinct.hint"
              checked={options.barcode_conflict === 'distinct'}
              disabled={!skip}
              onChange={(on) => set({ barcode_conflict: on ? 'distinct' : 'duplicate' })}
            />
            <Check
              label="options.verify"
              hint="options.verify.hint"
              checked={options.auto_verify ?? false}
              onChange={(on) => set({ auto_verify: on })}
            />
            <Check
              label="options.images"
              hint="options.images.hint"
              checked={options.process_images ?? true}
              onChange={(on) => set({ process_images: on })}
            />
          </>
        )}
        <Field label="options.region" hint="options.region.hint" error={wrong === 'default_region' ? 'options.region.wrong' : null}>
          {(attributes) => (
            <input
              {...attributes}
              className="bi-input"
              value={options.default_region ?? ''}
              maxLength={32}
              placeholder="IN-MH"
              spellCheck={false}
              onChange={(event) => set({ default_region: event.target.value.trim() })}
            />
          )}
        </Field>
        <Field
          label="options.email"
          hint="options.email.hint"
          error={slipped || wrong === 'notification_email' ? 'options.email.wrong' : null}
          urgent={slipped}
        >
          {(attributes) => (
            <input
              {...attributes}
              className="bi-input"
              type="email"
              autoComplete="email"
              value={email}
              onBlur={() => setSlip(mayBeAddress(email) ? '' : email)}
              onChange={(event) => set({ notification_email: event.target.value.trim() })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

interface CheckProps {
  label: MessageKey;
  hint: MessageKey;
  checked: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

function Check({ label, hint, checked, disabled = false, onChange }: CheckProps) {
  const { t } = useI18n();
  const id = useId();

  return (
    <div className="bi-check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div>
        <label htmlFor={id}>{t(label)}</label>
        <p id={`${id}-hint`} className="bi-hint">
          {t(hint)}
        </p>
      </div>
    </div>
  );
}

interface FieldProps {
  label: MessageKey;
  hint: MessageKey;
  /** What is wrong with it. */
  error: MessageKey | null;
  /** Whether screen readers are told of that at once: the focus is elsewhere already. */
  urgent?: boolean;
  children: (attributes: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode;
}

function Field({ label, hint, error, urgent = false, children }: FieldProps) {
  const { t } = useI18n();
  const id = useId();

  return (
    <div className="bi-field">
      <label htmlFor={id}>{t(label)}</label>
      {children({
        id,
        'aria-describedby': `${id}-hint`,
        'aria-invalid': error !== null,
      })}
      {/* What is wrong says how it is right, which the hint would say again. */}
      <p id={`${id}-hint`} className={error === null ? 'bi-hint' : 'bi-refused'} role={urgent ? 'alert' : undefined}>
        {t(error ?? hint)}
      </p>
    </div>
  );
}
