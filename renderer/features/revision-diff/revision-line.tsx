import type { RolloutDetailView } from '#contract/views.ts'
import { formatDay } from '../../format/clock-time.ts'
import type { DiffRevision } from '../../store/route.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { useKeys } from '../../ui/use-keys.ts'

interface RevisionLineProps {
  readonly detail: RolloutDetailView | undefined
  readonly left: DiffRevision | undefined
  readonly right: DiffRevision | undefined
  readonly onMove: (sides: {
    readonly left?: DiffRevision | undefined
    readonly right?: DiffRevision | undefined
  }) => void
}

/** All revisions on a line, oldest first; A and B are moved by key or by click (UI-DIFF-5). */
export function RevisionLine({ detail, left, right, onMove }: RevisionLineProps) {
  const text = useText()
  const locale = useLocale()
  const revisions = (detail?.revisions ?? []).toSorted((a, b) => a.revision - b.revision)
  const stepped = (from: DiffRevision | undefined, by: 1 | -1): DiffRevision | undefined => {
    const at = revisions.findIndex((each) => each.revision === from)
    return revisions[Math.min(revisions.length - 1, Math.max(0, at + by))]?.revision ?? from
  }
  useKeys({
    ArrowLeft: () => onMove({ right: stepped(right, -1) }),
    ArrowRight: () => onMove({ right: stepped(right, 1) }),
    '⇧ArrowLeft': () => onMove({ left: stepped(left, -1) }),
    '⇧ArrowRight': () => onMove({ left: stepped(left, 1) }),
    X: () => onMove({ left: right, right: left }),
  })
  const sideOf = (revision: number) =>
    revision === left ? text('diff.from') : revision === right ? text('diff.to') : undefined
  return (
    <ol className="revision-line scroll" aria-label={text('diff.line')}>
      {revisions.map((each) => {
        const side = sideOf(each.revision)
        return (
          <li
            key={each.revision}
            className={[side !== undefined && 'on', ...halvesBetween(each.revision, left, right)]
              .filter(Boolean)
              .join(' ')}
          >
            <button
              type="button"
              title={text('diff.pick')}
              onClick={(event) => onMove(event.shiftKey ? { left: each.revision } : { right: each.revision })}
            >
              <span className="side">{side}</span>
              <span className={`knot ${each.roles[0] ?? ''}`} />
              <span className="num">
                <span className="strong">{each.revision}</span> {each.version ?? ''}
              </span>
              <span className="faint small num">{formatDay(each.createdAt, locale)}</span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

/** Which halves of the line at a revision lie between A and B. */
function halvesBetween(revision: number, a: DiffRevision | undefined, b: DiffRevision | undefined) {
  if (typeof a !== 'number' || typeof b !== 'number') return []
  const [low, high] = a < b ? [a, b] : [b, a]
  return [revision > low && revision <= high && 'from-before', revision >= low && revision < high && 'to-after']
}
