import { useEffect, useRef, useState } from 'react'
import { failureWords } from '../../format/failure-words.ts'
import { showToast } from '../../store/toasts.ts'
import { useAnswer, useApp, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Message } from '../../ui/message.tsx'
import { rowHeights } from '../../ui/row-heights.ts'
import { Segments } from '../../ui/segments.tsx'
import { useRowWindow } from '../../ui/use-row-window.ts'
import { HistoryFilter, type HistoryView } from './history-filter.tsx'
import { useWrites, type Writes, type WritesQuery } from './use-writes.ts'
import { WriteRow } from './write-row.tsx'
import './writes.css'

/** So many rows before the end older ones are read. */
const ahead = 100
const columns = ['time', 'cluster', 'verb', 'object', 'code', 'who', 'why'] as const
const sides = ['all', 'person', 'engine'] as const

interface WritesPageProps {
  readonly filter: string
  readonly onShow: (view: HistoryView) => void
}

/** ACT-15: every request that changed something in a cluster, from the disk of this machine. Nothing here can change it. */
export function WritesPage({ filter, onShow }: WritesPageProps) {
  const text = useText()
  const [context, setContext] = useState('')
  const [by, setBy] = useState<WritesQuery['by']>('all')
  const writes = useWrites({ filter, context, by })
  const { rows, isWhole, isLoading, failed, again } = writes
  const isCounted = isWhole || isLoading || failed !== undefined
  const count = text(isCounted ? 'wrote.count' : 'wrote.countMore', { count: rows.length })
  return (
    <div className="history-actions">
      <HistoryFilter shows="writes" onShow={onShow} count={count} find={text('wrote.find')}>
        <ClusterChoice value={context} onChange={setContext} />
        <Segments
          small
          label={text('wrote.by')}
          value={by}
          onChange={setBy}
          segments={sides.map((value) => ({ value, label: text(`wrote.by.${value}`) }))}
        />
        <span className="space" />
        <Button small iconOnly kind="ghost" icon="retry" label={text('wrote.again')} onPress={again} />
        <ExportButton context={context} />
      </HistoryFilter>
      <List writes={writes} isFiltered={filter !== '' || context !== '' || by !== 'all'} />
    </div>
  )
}

function ClusterChoice({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { bridge } = useApp()
  const text = useText()
  const contexts = useAnswer<readonly string[]>('contexts', async () => ({
    state: 'there',
    value: await bridge.call('history.writes.contexts', undefined),
  }))
  return (
    <label className="field writes-cluster">
      <select aria-label={text('wrote.cluster')} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{text('wrote.allClusters')}</option>
        {(contexts.state === 'there' ? contexts.value : []).map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <Icon name="chev-d" className="icon-sm" />
    </label>
  )
}

/** The same as `argosy history export`: actions and writes, oldest first, of the chosen cluster or all. */
function ExportButton({ context }: { readonly context: string }) {
  const app = useApp()
  const text = useText()
  const save = async () => {
    const outcome = await app.bridge.call('history.export', context === '' ? {} : { context })
    if (!outcome.ok) {
      const [title, detail] = [text('wrote.exportFailed'), failureWords(text, outcome.error)]
      return showToast(app.toasts, { id: 'export', tone: 'failed', title, detail })
    }
    const exported = outcome.value
    if (exported.how === 'download') return download(exported.address)
    if (exported.how === 'cancelled') return undefined
    const title = text('wrote.exported', { count: exported.lines })
    return showToast(app.toasts, { id: 'export', tone: 'done', title, detail: exported.path })
  }
  return (
    <Button
      small
      icon="download"
      label={`${text('wrote.export')}…`}
      title={text('wrote.exportMeans')}
      onPress={() => void save()}
    />
  )
}

function download(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = ''
  link.click()
}

function List({ writes, isFiltered }: { readonly writes: Writes; readonly isFiltered: boolean }) {
  const text = useText()
  const { rows, isLoading, isWhole, failed, again } = writes
  if (failed !== undefined && rows.length === 0) {
    return (
      <Message
        icon="warn"
        title={text('wrote.failed')}
        choices={<Button label={text('wrote.again')} onPress={again} />}
      >
        <p>{failed}</p>
      </Message>
    )
  }
  if (isLoading) return <p className="loading faint">{text('load.label')}</p>
  if (rows.length === 0 && isFiltered) return <p className="faint small history-none">{text('wrote.noMatch')}</p>
  if (rows.length === 0) {
    return (
      <Message icon="history" title={text('wrote.none')}>
        <p>{text('wrote.noneWhy')}</p>
      </Message>
    )
  }
  return (
    <>
      <Rows writes={writes} />
      <p className="writes-end faint small" role="status">
        {failed ?? (isWhole ? text('wrote.whole') : text('wrote.more'))}
      </p>
    </>
  )
}

function Rows({ writes: { rows, isWhole, more } }: { readonly writes: Writes }) {
  const text = useText()
  const scroller = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const view = useRowWindow({ count: rows.length, scroller, rowHeight: rowHeights.row })
  const last = view.rows.at(-1) ?? 0
  const isNearEnd = last >= rows.length - ahead
  useEffect(() => {
    if (isNearEnd) more()
  })
  const toggle = (id: number) => {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  return (
    <section className="panel did" data-region aria-label={text('wrote.list')}>
      <div ref={scroller} className="scroll writes-scroll" role="region" tabIndex={0} aria-label={text('wrote.list')}>
        <div role="table" aria-label={text('wrote.list')} aria-rowcount={isWhole ? rows.length + 1 : -1}>
          <div role="rowgroup" className="write-head">
            <div role="row" aria-rowindex={1} className="write-line">
              {columns.map((column) => (
                <span key={column} role="columnheader">
                  {text(`wrote.${column}`)}
                </span>
              ))}
            </div>
          </div>
          <div role="presentation" style={view.room}>
            {view.rows.map((index) => {
              const write = rows[index]
              return write === undefined ? null : (
                <WriteRow
                  key={write.id}
                  write={write}
                  index={index}
                  open={open.has(write.id)}
                  onToggle={() => toggle(write.id)}
                  measure={view.measure}
                />
              )
            })}
          </div>
        </div>
      </div>
    </section>
  )
}
