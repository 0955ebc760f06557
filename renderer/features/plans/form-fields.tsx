import { type ReactNode, useState } from 'react'
import type { PlanFaultView } from '#contract/plan-views.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { fieldName, type PlanEdit, type PlanPath, typedValue } from './plan-text.ts'
import { faultsAt } from './use-check.ts'

/** Id of the `datalist` of contexts that could be meant. */
export const contextsList = 'plan-contexts'

/** What every field of the form needs. */
export interface FormParts {
  readonly faults: readonly PlanFaultView[]
  /** All of them are one change to the text. */
  readonly onEdit: (...edits: readonly PlanEdit[]) => void
}

interface FieldProps extends FormParts {
  readonly label: string
  readonly path: PlanPath
  readonly value: string
  /** What holds where it is left out. */
  readonly usual?: string
  /** `text`: stays text, also where it looks like a number. */
  readonly as?: 'text' | 'amount'
  readonly isCode?: boolean
  /** The label is for screen readers: the head of a column says it. */
  readonly isBare?: boolean
  /** Id of a `datalist` of what could be meant. */
  readonly list?: string | undefined
}

/** One value of the text. What is typed stands as typed while the field has the focus. */
export function PlanField(props: FieldProps) {
  const { label, path, value, usual, as = 'text', isCode, isBare, list, faults, onEdit } = props
  const own = faultsAt(faults, fieldName(path))
  const write = (typed: string) => {
    const next = as === 'amount' ? typedValue(typed) : typed === '' && usual !== undefined ? undefined : typed
    onEdit({ kind: 'set', path, value: next })
  }
  return (
    <label className={`plan-field${own.length > 0 ? ' bad' : ''}`}>
      <span className={isBare === true ? 'unseen' : 'form-label'}>{label}</span>
      <TypedField value={value} onType={write} placeholder={usual} isCode={isCode} list={list} isBad={own.length > 0} />
      <FieldFaults faults={own} />
    </label>
  )
}

interface TypedFieldProps {
  readonly value: string
  readonly onType: (typed: string) => void
  readonly placeholder?: string | undefined
  readonly isCode?: boolean | undefined
  readonly list?: string | undefined
  readonly isBad?: boolean
  readonly label?: string
  readonly onEnter?: () => void
}

export function TypedField({ value, onType, placeholder, isCode, list, isBad, label, onEnter }: TypedFieldProps) {
  const [typed, setTyped] = useState<string>()
  return (
    <span className="field">
      <input
        type="text"
        className={isCode === true ? 'mono' : undefined}
        value={typed ?? value}
        placeholder={placeholder}
        list={list}
        maxLength={1024}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={isBad}
        aria-label={label}
        onBlur={() => setTyped(undefined)}
        onChange={(event) => {
          setTyped(event.target.value)
          onType(event.target.value)
        }}
        onKeyDown={(event) => event.key === 'Enter' && onEnter?.()}
      />
    </span>
  )
}

interface ChoiceProps extends FormParts {
  readonly label: string
  readonly path: PlanPath
  readonly value: string
  /** The first is what holds where it is left out. */
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

/** One of a few words; the usual one is left out of the text. */
export function PlanChoice({ label, path, value, choices, faults, onEdit }: ChoiceProps) {
  const own = faultsAt(faults, fieldName(path))
  const [usual] = choices
  const isKnown = value === '' || choices.some((choice) => choice.value === value)
  return (
    <label className={`plan-field${own.length > 0 ? ' bad' : ''}`}>
      <span className="form-label">{label}</span>
      <SelectField
        value={value === '' ? (usual?.value ?? '') : value}
        choices={isKnown ? choices : [...choices, { value, label: value }]}
        onChoose={(next) => onEdit({ kind: 'set', path, value: next === usual?.value ? undefined : next })}
      />
      <FieldFaults faults={own} />
    </label>
  )
}

interface SelectFieldProps {
  readonly value: string
  readonly choices: ChoiceProps['choices']
  readonly onChoose: (value: string) => void
}

export function SelectField({ value, choices, onChoose }: SelectFieldProps) {
  return (
    <span className="field">
      <select value={value} onChange={(event) => onChoose(event.target.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <Icon name="chev-d" className="icon-sm" />
    </span>
  )
}

interface TickProps extends FormParts {
  readonly label: string
  readonly path: PlanPath
  readonly isOn: boolean
  /** What holds where it is left out. */
  readonly usual: boolean
}

export function PlanTick({ label, path, isOn, usual, onEdit }: TickProps) {
  return (
    <label className="plan-tick row">
      <input
        type="checkbox"
        checked={isOn}
        onChange={() => onEdit({ kind: 'set', path, value: isOn === usual ? !isOn : undefined })}
      />
      {label}
    </label>
  )
}

/** What to do about a field, below it. */
export function FieldFaults({ faults }: { readonly faults: readonly PlanFaultView[] }) {
  if (faults.length === 0) return null
  return (
    <span className="plan-field-fault small ink-degraded">
      {faults.map(({ message }) => (
        <span key={message}>{message}</span>
      ))}
    </span>
  )
}

interface SectionProps {
  readonly title: string
  readonly children: ReactNode
  /** Buttons at its head. */
  readonly tools?: ReactNode
}

export function FormSection({ title, tools, children }: SectionProps) {
  return (
    <section className="plan-form-section">
      <div className="row plan-form-head">
        <h3>{title}</h3>
        <span className="space" />
        {tools}
      </div>
      {children}
    </section>
  )
}

/** What the form does not show is in the text; that is said. */
export function InText({ count }: { readonly count: number }) {
  const text = useText()
  return count === 0 ? null : <p className="small faint">{text('planEditor.inText', { count })}</p>
}
