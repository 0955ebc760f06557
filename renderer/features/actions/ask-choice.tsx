import type { HolderView } from '#contract/ownership-views.ts'
import { useText } from '../../store/use-app.ts'

interface AskChoiceProps {
  readonly holder: HolderView
  readonly asks: boolean
  readonly onAsks: (asks: boolean) => void
}

/** SR-6: whether who has the lease is asked for it; or why that would do nothing, and what would. */
export function AskChoice({ holder: { kind, host, identity }, asks, onAsks }: AskChoiceProps) {
  const text = useText()
  if (kind !== 'argosy') return <p className="dialog-line dim">{text(`ask.no.${kind}`)}</p>
  return (
    <div className="ask-choice">
      <label>
        <input type="checkbox" checked={asks} onChange={(event) => onAsks(event.target.checked)} />
        <span>{text('ask.choice', { holder: host ?? identity })}</span>
      </label>
      <p className="faint small">{text('ask.means')}</p>
    </div>
  )
}
