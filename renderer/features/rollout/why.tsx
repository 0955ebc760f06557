import type { RolloutView } from '#contract/views.ts'
import { isAdvised, type Reason } from '#lib/reason.ts'
import { adviceWords, reasonWords } from '../../format/reason-words.ts'
import { toneOf } from '../../format/status-words.ts'
import { Age } from '../../marks/ages.tsx'
import { useText } from '../../store/use-app.ts'

/** Something is wrong, or somebody can do something about it: more than a line beside the buttons. */
export const isHeldUp = (view: RolloutView): boolean =>
  view.why.length > 0 &&
  (view.status === 'Aborted' || toneOf(view.status) === 'degraded' || view.why.some(({ cause }) => isAdvised(cause)))

/** Why it does not move: each reason with what blocks, since when, and what can be done. */
export function Why({ view }: { readonly view: RolloutView }) {
  const text = useText()
  if (!isHeldUp(view)) return null
  return (
    <ul className="head-why" aria-label={text('why.title')}>
      {view.why.map((reason, index) => (
        <Line key={JSON.stringify(reason)} reason={reason} isFirst={index === 0} view={view} />
      ))}
    </ul>
  )
}

interface LineProps {
  readonly reason: Reason
  readonly isFirst: boolean
  readonly view: RolloutView
}

function Line({ reason, isFirst, view }: LineProps) {
  const text = useText()
  const { object, since } = reason
  const ink = isFirst ? `ink-${toneOf(view.status)}` : ''
  return (
    <li>
      <span className={ink}>{reasonWords(text, reason)}</span> <span className="dim">{adviceWords(text, reason)}</span>{' '}
      {object !== undefined && object.name !== view.name && (
        <span className="chip line" title={`${object.kind} ${object.name}`}>
          <span className="cut">
            {object.kind} {object.name}
          </span>
        </span>
      )}{' '}
      {since !== undefined && <Age since={since} className="faint small" />}
    </li>
  )
}
