import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import type { DiffLine, DiffSide, DiffView } from '#contract/views.ts'
import { useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { rowHeights } from '../../ui/row-heights.ts'
import { useKeys } from '../../ui/use-keys.ts'
import { changeStarts, type DiffRow, diffRows, markWords } from './diff-rows.ts'

interface DiffLinesProps {
  readonly diff: DiffView
  readonly unfolded: ReadonlySet<number>
  readonly onUnfold: (start: number) => void
}

/** Both texts side by side; only the lines on screen exist (UI-VIRT-8). */
export function DiffLines({ diff, unfolded, onUnfold }: DiffLinesProps) {
  const text = useText()
  const rows = useMemo(() => diffRows(diff.lines, unfolded), [diff, unfolded])
  const starts = useMemo(() => changeStarts(rows), [rows])
  const [change, setChange] = useState(0)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeights.line,
    overscan: 10,
  })
  const go = (by: 1 | -1) => () => {
    const next = Math.min(starts.length - 1, Math.max(0, change + by))
    const row = starts[next]
    if (row === undefined) return
    setChange(next)
    list.scrollToIndex(row, { align: 'center' })
  }
  useKeys({ J: go(1), K: go(-1) })
  return (
    <section className="panel diff-text" data-region aria-label={text('diff.text')}>
      <div className="diff-sides">
        <SideTitle side={diff.left} role="stable" />
        <SideTitle side={diff.right} role="canary">
          {starts.length > 0 && (
            <span className="faint small num">
              {text('diff.changeOf', { index: change + 1, count: starts.length })}
            </span>
          )}
          <Button small kind="ghost" hint="J" label={text('diff.next')} onPress={go(1)} />
          <Button small kind="ghost" hint="K" label={text('diff.previous')} onPress={go(-1)} />
        </SideTitle>
      </div>
      <div ref={scroller} className="diff-scroll scroll" role="region" aria-label={text('diff.text')} tabIndex={0}>
        <div className="diff-sheet" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index]
            return row === undefined ? null : (
              <div key={key} className="diff-row" style={{ top: start }}>
                {row.kind === 'fold' ? <Fold row={row} onUnfold={onUnfold} /> : <Pair row={row} />}
              </div>
            )
          })}
        </div>
      </div>
    </section>
  )
}

interface SideTitleProps {
  readonly side: DiffSide
  readonly role: 'stable' | 'canary'
  readonly children?: React.ReactNode
}

function SideTitle({ side, role, children }: SideTitleProps) {
  const text = useText()
  return (
    <div className="side-title">
      <span className={`role ${role}`}>{text(role === 'stable' ? 'diff.from' : 'diff.to')}</span>
      <b className="cut">{side.title}</b>
      <span className="mono faint cut">{side.version ?? ''}</span>
      <span className="space" />
      {children}
    </div>
  )
}

function Fold({
  row,
  onUnfold,
}: {
  readonly row: DiffRow & { readonly kind: 'fold' }
  readonly onUnfold: (start: number) => void
}) {
  const text = useText()
  return (
    <button type="button" className="fold" onClick={() => onUnfold(row.start)}>
      <Icon name="chev-r" />
      {text(row.byCluster ? 'diff.foldedByCluster' : 'diff.folded', { count: row.count })}
    </button>
  )
}

function Pair({ row }: { readonly row: DiffRow & { readonly kind: 'pair' } }) {
  return (
    <>
      <Line line={row.left} other={row.right} number={row.left?.leftNumber} change={row.change} side="left" />
      <Line line={row.right} other={row.left} number={row.right?.rightNumber} change={row.change} side="right" />
    </>
  )
}

interface LineProps {
  readonly line: DiffLine | undefined
  readonly other: DiffLine | undefined
  readonly number: number | undefined
  readonly change: boolean
  readonly side: 'left' | 'right'
}

function Line({ line, other, number, change, side }: LineProps) {
  if (line === undefined) return <div className={`line hatch ${side}`} />
  const removed = side === 'left'
  const kind = !change ? '' : removed ? 'removed' : 'added'
  return (
    <div className={`line ${side} ${kind}`}>
      <span className="number num">{number}</span>
      <span className="gutter">{!change ? '' : removed ? '−' : '+'}</span>
      <span className="code cut" title={line.text.trim()}>
        {change ? <Marked text={line.text} other={other?.text} /> : <Keyed text={line.text} />}
      </span>
    </div>
  )
}

function Marked({ text, other }: { readonly text: string; readonly other: string | undefined }) {
  return markWords(text, other).map((word, index) =>
    word.changed ? <mark key={index}>{word.text}</mark> : <span key={index}>{word.text}</span>,
  )
}

/** The key of a YAML line a shade lighter than its value. */
function Keyed({ text }: { readonly text: string }) {
  const match = /^(\s*(?:- )?[^\s:]+:)(.*)$/.exec(text)
  if (match === null) return text
  return (
    <>
      <span className="dim">{match[1]}</span>
      {match[2]}
    </>
  )
}
