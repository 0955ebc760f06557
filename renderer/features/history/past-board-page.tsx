import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { PastBoardView } from '#contract/time-travel-views.ts'
import type { ClusterView, HistoryEntryView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { createPastApp } from '../../store/past-app.ts'
import { AppContext, useAnswer, useApp, useClusters, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Lanes } from './lanes.tsx'
import { PastBar } from './past-bar.tsx'
import { layOut } from './replay.ts'
import { hoursOffered, stretchOf } from './stretch.ts'
import { Transport } from './transport.tsx'
import { type PastSource, usePastSource } from './use-past-source.ts'
import './history.css'
import './past.css'

interface PastBoardPageProps {
  readonly at: EpochMs
  /** The board, as it is drawn live. */
  readonly children: ReactNode
}

const weekHours = 168
const runsMax = 500
/** Between an answer and the next question, while the playhead moves. */
const restMs = 120

/** All applications in all clusters as they were at any past moment (W9). */
export default function PastBoardPage(props: PastBoardPageProps) {
  const text = useText()
  const source = usePastSource(text('past.board'), { page: 'fleet' })
  return <Boards key={source.id} {...props} source={source} />
}

interface BoardsProps extends PastBoardPageProps {
  readonly source: PastSource
}

function Boards({ at, source, children }: BoardsProps) {
  const app = useApp()
  const text = useText()
  const [opened] = useState(() => app.clock.now())
  const [hours, setHours] = useState<(typeof hoursOffered)[number] | typeof weekHours>(24)
  const { from, until } = stretchOf({ kind: 'hours', hours }, { runs: [], at, now: opened })
  const replay = useReleases(from, until)
  const [moment, setMoment] = useState(at)
  return (
    <div className="past">
      <PastBar source={source}>
        <Segments
          small
          label={text('past.span')}
          value={hours}
          onChange={setHours}
          segments={[
            ...hoursOffered.map((value) => ({ value, label: text('past.hours', { count: value }) })),
            { value: weekHours, label: text('past.week') },
          ]}
        />
      </PastBar>
      <section className="panel replay past-replay" data-region>
        <Transport replay={replay} moment={moment} onMove={setMoment} keys="few" />
        <Lanes replay={replay} moment={moment} onMove={setMoment} />
      </section>
      <Board at={moment}>{children}</Board>
    </div>
  )
}

/** When releases began and ended, as marks of the axis. */
function useReleases(from: EpochMs, until: EpochMs) {
  const { bridge } = useApp()
  const text = useText()
  const runs = useAnswer<readonly HistoryEntryView[]>('runs of all', async () => {
    const runs = await bridge.call('history.list', { limit: runsMax })
    return { state: 'there', value: runs.ok ? runs.value : none }
  })
  const entries = runs.state === 'there' ? runs.value : none
  return useMemo(() => {
    const isShown = ({ at }: { readonly at: EpochMs }) => from <= at && at <= until
    const marks = entries.flatMap(({ name, context, outcome, startedAt, endedAt }) => {
      const event = { who: '', kind: 'event', reason: name, count: 1 } as const
      const isBad = outcome === 'Aborted' || outcome === 'RolledBack'
      return [
        { ...event, at: startedAt, type: 'Normal' as const, message: text('past.began', { cluster: context }) },
        ...(endedAt === undefined
          ? []
          : [
              {
                ...event,
                at: endedAt,
                type: isBad ? ('Warning' as const) : ('Normal' as const),
                message: `${text(`outcome.${outcome}`)}, ${context}`,
              },
            ]),
      ]
    })
    return layOut({ from, until, timeline: marks.filter(isShown) })
  }, [entries, from, until, text])
}

const none: readonly HistoryEntryView[] = []

function Board({ at, children }: PastBoardPageProps) {
  const present = useApp()
  const text = useText()
  const [begun] = useState(at)
  const past = useMemo(() => createPastApp(present, begun), [present, begun])
  const board = usePastBoard(at)
  const value = board.state === 'there' ? board.value : undefined
  const known = useClusters((state) => state.clusters)
  const clusters = useMemo(() => clustersOf(value, known), [value, known])
  const rollouts = useMemo(() => new Map(Object.entries(value?.rollouts ?? {})), [value])
  useLayoutEffect(() => {
    if (value !== undefined) past.show(value.at, { clusters, rollouts })
  }, [past, value, clusters, rollouts])
  if (board.state === 'failed') {
    return (
      <Message icon="history" title={text('past.failed')}>
        <p>{board.failure.message}</p>
      </Message>
    )
  }
  if (value !== undefined && rollouts.size === 0) {
    return (
      <Message icon="history" title={text('past.nothing')}>
        <p>{text('past.nothingWhy')}</p>
      </Message>
    )
  }
  return (
    <AppContext value={past.app}>
      <section className="past-pane" aria-label={text('past.boardLabel')}>
        {value !== undefined && value.unrecorded.length > 0 && (
          <p className="past-gap row small" role="status">
            <Icon name="unlink" className="icon-sm" />
            <span className="cut">{text('past.unrecorded', { clusters: value.unrecorded.join(', ') })}</span>
          </p>
        )}
        {children}
      </section>
    </AppContext>
  )
}

/** The last board that came stands until the next one does. One question at a time, about where the playhead is by then. */
function usePastBoard(at: EpochMs) {
  const { bridge, clock } = useApp()
  const latest = useRef(at)
  latest.current = at
  const [asked, setAsked] = useState(at)
  const [last, setLast] = useState<PastBoardView>()
  const answer = useAnswer<PastBoardView>(`board ${asked}`, async () => {
    const value = await bridge.call('history.board', { at: asked })
    setLast(value)
    return { state: 'there', value }
  })
  const isBehind = answer.state !== 'loading' && at !== asked
  useEffect(() => (isBehind ? clock.after(restMs, () => setAsked(latest.current)) : undefined), [isBehind, clock])
  return answer.state === 'loading' && last !== undefined ? ({ state: 'there', value: last } as const) : answer
}

/** The contexts of the board. Who drove them then is not recorded, nor how they answered. */
function clustersOf(board: PastBoardView | undefined, known: readonly ClusterView[]): readonly ClusterView[] {
  const contexts = new Set(Object.values(board?.rollouts ?? {}).map(({ context }) => context))
  const order = new Map(known.map(({ context }, index) => [context, index]))
  const rank = (context: string) => order.get(context) ?? known.length
  return [...contexts]
    .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((context) => ({
      context,
      server: '',
      user: '',
      version: undefined,
      connection: { state: 'connected', since: 0 },
      engine: 'snapshot',
      lease: undefined,
      protected: false,
      group: known.find((each) => each.context === context)?.group ?? '',
      rolloutCount: 0,
      requestCount: 0,
      objectCount: 0,
      sandbox: false,
    }))
}
