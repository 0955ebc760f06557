import { useState } from 'react'
import { useStore } from 'zustand'
import { type SearchProblem, searchFields } from '#contract/search-terms.ts'
import type { StatisticsView } from '#contract/statistics-views.ts'
import type { Outcome } from '#lib/outcome.ts'
import { withTerm } from '../../format/search-suggestions.ts'
import { SearchField } from '../../marks/search-field.tsx'
import { SearchProblemNote } from '../../marks/search-problem.tsx'
import { useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { Segments } from '../../ui/segments.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import { Charts } from './charts.tsx'
import { Groups } from './groups.tsx'
import { Tiles } from './tiles.tsx'
import { Troubles } from './troubles.tsx'
import './statistics.css'

const ranges = [7, 30, 90] as const
type Range = (typeof ranges)[number]

const dayMs = 86_400_000
const troublesMax = 50

/** What past rollouts come to, from the disk of this machine or from a bundle: readable with every cluster gone. */
export default function StatisticsPage() {
  const app = useApp()
  const text = useText()
  const [days, setDays] = useState<Range>(30)
  const filter = useStore(app.filters, (state) => state.statistics)
  const bundle = useStore(app.bundle, (state) => state.bundle)
  useKeys({ 1: () => setDays(7), 2: () => setDays(30), 3: () => setDays(90) })
  return (
    <div className="statistics scroll" role="region" tabIndex={0} aria-label={text('statistics.title')}>
      <search className="statistics-head">
        <h1>{text('statistics.title')}</h1>
        <Segments
          small
          label={text('statistics.range')}
          value={days}
          onChange={setDays}
          segments={ranges.map((count) => ({ value: count, label: text('statistics.days', { count }) }))}
        />
        <SearchField of="statistics" hint={text('statistics.find')} fields={searchFields} />
        {bundle !== null && (
          <span className="row soft-unknown statistics-bundle cut">
            <Icon name="box" />
            <span className="cut">{text('statistics.bundle', { name: bundle.name })}</span>
          </span>
        )}
        <span className="space" />
        <Button small icon="history" hint="G H" label={text('statistics.back')} onPress={() => app.goTo('#/history')} />
      </search>
      <Told key={bundle?.sha256 ?? ''} days={days} filter={filter} />
    </div>
  )
}

interface ToldProps {
  readonly days: Range
  readonly filter: string
}

function Told({ days, filter }: ToldProps) {
  const { bridge, clock } = useApp()
  const text = useText()
  const loaded = useAnswer<Outcome<StatisticsView, SearchProblem>>(`statistics ${days} ${filter}`, async () => ({
    state: 'there',
    value: await bridge.call('history.statistics', {
      ...(filter === '' ? {} : { filter }),
      since: Math.max(0, clock.now() - days * dayMs),
      bucket: days > 7 ? 'week' : 'day',
      troubles: troublesMax,
    }),
  }))
  if (loaded.state === 'failed') {
    return (
      <Message icon="warn" title={text('statistics.failedToRead')}>
        {loaded.failure.kind === 'Bridge' && <p>{loaded.failure.message}</p>}
      </Message>
    )
  }
  if (loaded.state !== 'there') return <p className="loading faint">{text('load.label')}</p>
  if (!loaded.value.ok) return <SearchProblemNote of="statistics" problem={loaded.value.error} />
  return <Figures told={loaded.value.value} days={days} filter={filter} />
}

function Figures({ told, days, filter }: ToldProps & { readonly told: StatisticsView }) {
  const app = useApp()
  const text = useText()
  const { all } = told
  const narrow = (field: 'app' | 'cluster') => (name: string) =>
    app.filters.setState({ statistics: withTerm(filter, field, name) })
  /** To the list of the history. */
  const open = (terms: string) => {
    app.filters.setState({ history: [filter, terms].filter(Boolean).join(' ') })
    app.goTo('#/history')
  }
  const minute = (at: number) => new Date(at).toISOString().slice(0, 16)
  if (all.ended + all.returns + all.deleted === 0) {
    return (
      <Message icon="chart" title={text('statistics.none')}>
        <p>{text('statistics.noneWhy')}</p>
        {all.underWay > 0 && <p>{text('statistics.noneUnderWay', { count: all.underWay })}</p>}
      </Message>
    )
  }
  return (
    <>
      <Tiles told={told} onOpen={(terms) => open(`since:${days}d ${terms}`)} />
      <Charts told={told} onOpen={(from, until) => open(`since:${minute(from)} before:${minute(until)}`)}>
        <Beside told={told} />
      </Charts>
      <div className="statistics-lists">
        <Groups
          title={text('statistics.byApp')}
          head={text('statistics.app')}
          rows={told.apps.map((figures) => ({ name: figures.name, detail: figures.namespace, figures }))}
          onNarrow={narrow('app')}
        />
        <Groups
          title={text('statistics.byCluster')}
          head={text('statistics.cluster')}
          rows={told.clusters.map((figures) => ({ name: figures.context, detail: '', figures }))}
          onNarrow={narrow('cluster')}
        />
        <Troubles troubles={told.troubles} />
      </div>
    </>
  )
}

/** What is in no figure, or not in all of them. */
function Beside({ told: { all } }: { readonly told: StatisticsView }) {
  const text = useText()
  const counts = (['underWay', 'returns', 'deleted', 'unseen'] as const).filter((each) => all[each] > 0)
  if (counts.length === 0) return null
  const words = counts.map((each) => text(`statistics.${each}`, { count: all[each] }))
  return (
    <p className="small faint statistics-beside">
      <b className="strong">{text('statistics.beside')}</b>
      {words.map((each) => (
        <span key={each}>{each}</span>
      ))}
    </p>
  )
}
