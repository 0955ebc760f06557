import { useState } from 'react'
import { useStore } from 'zustand'
import { useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Message } from '../../ui/message.tsx'
import { Actions, useActions } from './actions.tsx'
import { BundleBar } from './bundle-bar.tsx'
import { HistoryFilter, type HistoryView } from './history-filter.tsx'
import { type Found, HistoryList } from './history-list.tsx'
import { RecordView } from './record.tsx'
import { WritesPage } from './writes.tsx'
import './history.css'

const pageSize = 500

/** Past rollouts and what people did, from the disk of this machine: readable with every cluster gone. */
export default function HistoryPage({ id }: { readonly id: string | undefined }) {
  const { filters, bundle: shown } = useApp()
  const text = useText()
  // Another bundle is another history: nothing of the one before stays.
  const bundle = useStore(shown, (state) => state.bundle?.sha256 ?? '')
  const [shows, setShows] = useState<HistoryView>('rollouts')
  const filter = useStore(filters, (state) => state.history)
  const Page = { rollouts: RolloutsPage, actions: ActionsPage, writes: WritesPage }[shows]
  return (
    <div className="history">
      <h1 className="unseen">{text('nav.history')}</h1>
      <BundleBar id={id} />
      <Page key={bundle} id={id} filter={filter} onShow={setShows} />
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
  const entries = useAnswer<Found>(`list ${filter}`, async () => ({
    state: 'there',
    value: await bridge.call('history.list', { ...(filter === '' ? {} : { filter }), limit: pageSize }),
  }))
  const found = entries.state === 'there' ? entries.value : undefined
  const shown = found?.ok === true ? found.value : []
  const current = id ?? shown[0]?.id
  return (
    <div className="history-columns">
      <HistoryList entries={shown} found={found} current={current} onShow={onShow} />
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
  const count = actions.state === 'there' && actions.value.ok ? actions.value.value.length : 0
  return (
    <div className="history-actions">
      <HistoryFilter shows="actions" onShow={onShow} count={text('did.count', { count })} />
      <Actions loaded={actions} filter={filter} />
    </div>
  )
}
