import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { openOverlay } from '../../store/app.ts'
import { bestTermToDrop, withoutTerm } from '../../store/filter-terms.ts'
import { useApp, useClusters, useFleet, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Message } from '../../ui/message.tsx'
import { ClusterTrouble } from './cluster-trouble.tsx'
import type { BoardModel } from './use-board.ts'

/** No row to show: why not, and what can be done (UI-EMP, UI-LOAD, UI-ERR). */
export function BoardState({ board }: { readonly board: BoardModel }) {
  const loaded = useFleet((state) => state.loaded)
  const size = useFleet((state) => state.rollouts.size)
  const clusters = useClusters((state) => state.clusters)
  const clustersLoaded = useClusters((state) => state.loaded)
  const content = () => {
    if (!loaded || !clustersLoaded) return <Loading />
    if (clusters.length === 0) return <NoContexts />
    if (size > 0) return <NothingMatches board={board} />
    return clusters.some((each) => each.connection.state !== 'connected') ? <AllInTrouble /> : <NoRollouts />
  }
  return <div className="board board-state">{content()}</div>
}

type Patience = 'early' | 'skeleton' | 'tooLong'

/** UI-LOAD-2: nothing before 150 ms, a skeleton up to 10 s, then the reason. */
function usePatience(): Patience {
  const { clock } = useApp()
  const [patience, setPatience] = useState<Patience>('early')
  useEffect(() => {
    const ends = [clock.after(150, () => setPatience('skeleton')), clock.after(10_000, () => setPatience('tooLong'))]
    return () => {
      for (const end of ends) end()
    }
  }, [clock])
  return patience
}

function Loading() {
  const text = useText()
  const { connection } = useApp()
  const bridge = useStore(connection, (state) => state.state)
  const patience = usePatience()
  if (patience === 'early') return null
  if (patience === 'tooLong') {
    return (
      <Message icon="unlink" title={text('load.tooLongTitle')}>
        <p>{text(bridge === 'connected' ? 'load.tooLong' : 'load.noMain')}</p>
      </Message>
    )
  }
  return (
    <div className="skeletons" role="status" aria-label={text('load.label')}>
      {Array.from({ length: 12 }, (_, row) => (
        <div key={row} className="skeleton-row">
          {Array.from({ length: 6 }, (_cell, column) => (
            <span key={column} className="skeleton" />
          ))}
        </div>
      ))}
    </div>
  )
}

/** Nothing to connect to: a kubeconfig that cannot be used says why in place. */
function NoContexts() {
  const app = useApp()
  const text = useText()
  const notices = useStore(app.connection, (state) => state.notices)
  const faults = notices.filter(({ id, severity }) => id.startsWith('kubeconfig') && severity !== 'info')
  return (
    <Message
      icon="helm"
      title={faults[0]?.title ?? text('empty.noContexts')}
      choices={
        <>
          <Button
            kind="primary"
            icon="plus"
            hint="⌘O"
            label={text('rail.addKubeconfig')}
            onPress={() => openOverlay(app, { kind: 'kubeconfig' })}
          />
          <Button icon="history" label={text('empty.openHistory')} onPress={() => app.goTo('#/history')} />
        </>
      }
    >
      {faults.map((fault) => (
        <p key={fault.id} role="alert">
          {fault.detail}
        </p>
      ))}
      {faults.length === 0 && <p>{text('empty.noContextsWhy')}</p>}
    </Message>
  )
}

function NoRollouts() {
  const text = useText()
  const count = useClusters((state) => state.clusters.length)
  return (
    <Message icon="canary" title={text('empty.noRollouts')}>
      <p>{text('empty.noRolloutsWhy', { count })}</p>
      <p className="mono">kubectl apply -f rollout.yaml</p>
    </Message>
  )
}

function AllInTrouble() {
  const text = useText()
  const clusters = useClusters((state) => state.clusters)
  const troubled = clusters.filter(
    (each) => each.connection.state !== 'connected' && each.connection.state !== 'connecting',
  )
  if (troubled.length === 0) return <Loading />
  return (
    <div className="troubles scroll" role="region" aria-label={text('empty.noRollouts')} tabIndex={0}>
      {troubled.map((cluster) => (
        <div key={cluster.context} className="panel trouble-panel">
          <ClusterTrouble cluster={cluster} />
        </div>
      ))}
    </div>
  )
}

/** UI-EMP-3: which single term to drop, and how many rollouts that brings back. */
function NothingMatches({ board }: { readonly board: BoardModel }) {
  const { filters, clock } = useApp()
  const text = useText()
  const rollouts = useFleet((state) => state.rollouts)
  const filter = useStore(filters, (state) => state.fleet)
  const tab = useStore(filters, (state) => state.tab)
  const drop = bestTermToDrop(board.terms, rollouts.values(), clock.now())
  const clear = () => filters.setState({ fleet: '', tab: 'all' })
  return (
    <Message
      icon="funnel"
      title={text('empty.noMatch')}
      choices={
        <>
          {drop !== undefined && (
            <Button
              kind="primary"
              label={text('empty.drop', { term: drop.term.text })}
              onPress={() => filters.setState({ fleet: withoutTerm(board.terms, drop.term) })}
            />
          )}
          <Button hint="Esc" label={text('empty.clear')} onPress={clear} />
        </>
      }
    >
      {filter !== '' && <p className="mono">{filter}</p>}
      <p>
        {drop !== undefined
          ? text('empty.without', { term: drop.term.text, count: drop.count })
          : text('empty.noneInTab', { tab: text(`tab.${tab}`) })}
      </p>
    </Message>
  )
}
