import { useEffect, useState } from 'react'
import type { HistoryEntryView, RolloutDetailView } from '#contract/views.ts'
import { formatDay } from '../../format/clock-time.ts'
import type { DiffRevision } from '../../store/route.ts'
import { useAnswer, useApp, useLocale, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
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

interface Stop {
  readonly revision: number
  readonly version: string | undefined
  readonly at: number
  readonly role: string
  readonly isAborted: boolean
  /** The cluster has no ReplicaSet of it any more. */
  readonly isGone: boolean
}

/** All revisions on a line, oldest first; A and B are moved by key, by click or dragged (UI-DIFF-5). */
export function RevisionLine({ detail, left, right, onMove }: RevisionLineProps) {
  const text = useText()
  const locale = useLocale()
  const stops = useStops(detail)
  const [dragged, setDragged] = useState<'left' | 'right'>()
  useEffect(() => {
    if (dragged === undefined) return undefined
    const drop = () => setDragged(undefined)
    window.addEventListener('pointerup', drop)
    return () => window.removeEventListener('pointerup', drop)
  }, [dragged])
  const stepped = (from: DiffRevision | undefined, by: 1 | -1): DiffRevision | undefined => {
    const at = stops.findIndex((each) => each.revision === from)
    return stops[Math.min(stops.length - 1, Math.max(0, at + by))]?.revision ?? from
  }
  useKeys({
    ArrowLeft: () => onMove({ right: stepped(right, -1) }),
    ArrowRight: () => onMove({ right: stepped(right, 1) }),
    '⇧ArrowLeft': () => onMove({ left: stepped(left, -1) }),
    '⇧ArrowRight': () => onMove({ left: stepped(left, 1) }),
  })
  return (
    <ol className={`revision-line scroll${dragged === undefined ? '' : ' dragging'}`} aria-label={text('diff.line')}>
      {stops.map(({ revision, version, at, role, isAborted, isGone }) => {
        const side = revision === left ? 'left' : revision === right ? 'right' : undefined
        const classes = [side !== undefined && 'on', ...halvesBetween(revision, left, right)]
        return (
          <li key={revision} className={classes.filter(Boolean).join(' ')}>
            <button
              type="button"
              title={isGone ? `${text('diff.gone')}. ${text('diff.pick')}` : text('diff.pick')}
              onPointerDown={(event) => {
                if (event.currentTarget.hasPointerCapture(event.pointerId))
                  event.currentTarget.releasePointerCapture(event.pointerId)
                setDragged(side)
              }}
              onPointerEnter={() => dragged !== undefined && onMove({ [dragged]: revision })}
              onClick={(event) =>
                side === undefined && onMove(event.shiftKey ? { left: revision } : { right: revision })
              }
            >
              <span className="side">{side && text(side === 'left' ? 'diff.from' : 'diff.to')}</span>
              {isAborted ? (
                <Icon name="aborted" className="ink-aborted knot-aborted" />
              ) : (
                <span className={`knot ${role}${isGone ? ' gone' : ''}`} />
              )}
              <span className="num">
                <span className="strong">{revision}</span> {version ?? ''}
              </span>
              <span className="faint small num">
                {formatDay(at, locale)}
                {isAborted && `, ${text('outcome.Aborted')}`}
              </span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

const pastMax = 200

/** Those of the cluster, and those that only the history knows. */
function useStops(detail: RolloutDetailView | undefined): readonly Stop[] {
  const { bridge } = useApp()
  const key = detail?.view.key
  const past = useAnswer<readonly HistoryEntryView[]>(`${key}`, async () => {
    if (detail === undefined) return { state: 'loading' }
    const listed = await bridge.call('history.list', { filter: `app:${detail.view.name}`, limit: pastMax })
    return { state: 'there', value: listed.ok ? listed.value.filter((each) => each.key === key) : [] }
  })
  const entries = past.state === 'there' ? past.value : []
  const own = detail?.revisions ?? []
  const known = new Set(own.map(({ revision }) => revision))
  const aborted = new Set(entries.flatMap(({ revision, outcome }) => (outcome === 'Aborted' ? [revision] : [])))
  const stops = new Map<number, Stop>()
  for (const { revision, toVersion, startedAt } of entries)
    if (revision !== undefined && !known.has(revision))
      stops.set(revision, {
        revision,
        version: toVersion,
        at: startedAt,
        role: '',
        isAborted: aborted.has(revision),
        isGone: true,
      })
  for (const { revision, version, createdAt, roles } of own)
    stops.set(revision, {
      revision,
      version,
      at: createdAt,
      role: roles[0] ?? '',
      isAborted: aborted.has(revision),
      isGone: false,
    })
  return [...stops.values()].toSorted((a, b) => a.revision - b.revision)
}

/** Which halves of the line at a revision lie between A and B. */
function halvesBetween(revision: number, a: DiffRevision | undefined, b: DiffRevision | undefined) {
  if (typeof a !== 'number' || typeof b !== 'number') return []
  const [low, high] = a < b ? [a, b] : [b, a]
  return [revision > low && revision <= high && 'from-before', revision >= low && revision < high && 'to-after']
}
