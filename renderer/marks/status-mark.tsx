import type { RolloutView, ShownStatus } from '#contract/views.ts'
import { statusIcon, statusWord, statusWords, toneOf } from '../format/status-words.ts'
import { useText } from '../store/use-app.ts'
import { Icon } from '../ui/icon.tsx'
import type { IconName } from '../ui/icon-names.ts'

/** The one status mark of a rollout in all views: silhouette, word, hue (UI-P-4). */
export function StatusMark({ view }: { readonly view: RolloutView }) {
  const text = useText()
  const raw = [view.phase, view.message].filter((part) => part !== '').join(': ')
  return (
    <span className={`status ink-${toneOf(view.status)}`} title={raw}>
      <StatusIcon status={view.status} />
      <span>{statusWords(text, view)}</span>
    </span>
  )
}

/** The same for a status that belongs to no rollout at hand, as in history. */
export function StatusWord({ status }: { readonly status: ShownStatus }) {
  const text = useText()
  return (
    <span className={`status ink-${toneOf(status)}`}>
      <StatusIcon status={status} />
      <span>{statusWord(text, status)}</span>
    </span>
  )
}

/** The strategy's glyph; the hexagon of Kubernetes where it rolls out by itself. */
export const strategyIcon = ({ kind, strategy }: Pick<RolloutView, 'kind' | 'strategy'>): IconName =>
  kind !== undefined ? 'hexagon' : strategy === 'blueGreen' ? 'bluegreen' : 'canary'

export function StatusIcon({ status, settled }: { readonly status: ShownStatus; readonly settled?: boolean }) {
  return <Icon name={statusIcon(status, settled)} className={status === 'Progressing' ? 'spin' : ''} />
}
