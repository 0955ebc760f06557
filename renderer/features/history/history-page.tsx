import { useState } from 'react'
import { useStore } from 'zustand'
import type { HistoryEntryView } from '#contract/views.ts'
import { useAnswer, useApp, useClusters, useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { Actions, useActions } from './actions.tsx'
import { HistoryFilter, type HistoryView } from './history-filter.tsx'
import { HistoryList } from './history-list.tsx'
import { RecordView } from './record.tsx'
import { WritesPage } from './writes.tsx'
import './history.css'

const pageSize = 500

/** Past rollouts and what people did, from the disk of this machine: readable with every cluster gone. */
export default function HistoryPage({ id }: { readonly id: string | undefined }) {
  const { filters } = useApp()
  const text = useText()
  const [shows, setShows] = useState<HistoryView>('rollouts')
  const filter = useStore(filters, (state) => state.history)
  const Page = { rollouts: RolloutsPage, actions: ActionsPage, writes: WritesPage }[shows]
  return (
    <div className="history">
      <h1 className="unseen">{text('nav.history')}</h1>
      <OfflineBanner />
      <Page id={id} filter={filter} onShow={setShows} />
    </div>
  )
}

interface PageProps {
  readonly id: string | undefined
  readonly filter: string
  readonly onShow: (view: HistoryView) => void
}

function RolloutsPage({ id, filter, onShow }: PageProps) {
  const { bridge } = useApp()
  const text = useText()
  const entries = useAnswer<readonly HistoryEntryView[]>(`list ${filter}`, async () => ({
    state: 'there',
    value: await bridge.call('history.list', { ...(filter === '' ? {} : { filter }), limit: pageSize }),
  }))
  const shown = entries.state === 'there' ? entries.value : []
  const current = id ?? shown[0]?.id
  return (
    <div className="history-columns">
      <HistoryList entries={shown} state={entries.state} current={current} onShow={onShow} />
      {current === undefined ? (
        <Message icon="history" title={text('history.none')}>
          <p>{text('history.noneWhy')}</p>
        </Message>
      ) : (
        <RecordView key={current} id={current} />
      )}
    </div>
  )
}

function ActionsPage({ filter, onShow }: PageProps) {
  const text = useText()
  const actions = useActions(filter)
  const count = actions.state === 'there' ? actions.value.length : 0
  return (
    <div className="history-actions">
      <HistoryFilter shows="actions" onShow={onShow} count={text('did.count', { count })} />
      <Actions loaded={actions} filter={filter} />
    </div>
  )
}

/** UI-HIST-1: unmistakable when no cluster answers; what is shown comes from the disk. */
function OfflineBanner() {
  const text = useText()
  const offline = useClusters(
    (state) =>
      state.loaded &&
      state.clusters.length > 0 &&
      state.clusters.every((each) => each.connection.state !== 'connected'),
  )
  if (!offline) return null
  return (
    <div className="offline" role="status">
      <span className="offline-tag">
        <Icon name="box" />
        {text('history.offline')}
      </span>
      <span className="offline-why cut">{text('history.offlineWhy')}</span>
    </div>
  )
}
