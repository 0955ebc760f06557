import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'

const form = /hidden(?:, (same|differs))? \(([0-9a-f]+)\)/

/** A text in which values of secrets show as what is known of them (UI-DIFF-3). */
export function WithHidden({ value }: { readonly value: string }) {
  const text = useText()
  const match = form.exec(value)
  if (match === null) return value
  const [all, state, print = ''] = match
  const key = state === 'same' ? 'diff.hiddenSame' : state === 'differs' ? 'diff.hiddenDiffers' : 'diff.hidden'
  return (
    <>
      {value.slice(0, match.index)}
      <span className="secret-value">
        <Icon name="lock" />
        {text(key, { print: print.slice(0, 4) })}
      </span>
      <WithHidden value={value.slice(match.index + all.length)} />
    </>
  )
}

/** Both sides of a changed secret in one mark. */
export function SecretChanged() {
  const text = useText()
  return (
    <span className="secret-value">
      <Icon name="lock" />
      {text('diff.secretChanged')}
    </span>
  )
}

export const isHidden = (value: string | undefined): boolean => value !== undefined && form.test(value)
