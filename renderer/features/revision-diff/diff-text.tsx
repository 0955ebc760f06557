import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import type { DiffLine, DiffSide, DiffView } from '#contract/diff-views.ts'
import { formatMoment } from '../../format/clock-time.ts'
import { useLocale, useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { rowHeights } from '../../ui/row-heights.ts'
import { Segments } from '../../ui/segments.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import {
  changeStarts,
  type DiffRow,
  diffRows,
  type Fold,
  findLines,
  type Layout,
  markWords,
  overviewMarks,
  rowOfLine,
} from './diff-rows.ts'
import { WithHidden } from './hidden.tsx'

/** A line to go to; a new object each time it is asked for. */
export interface Target {
  readonly line: number
}

interface DiffTextProps {
  readonly diff: DiffView
  readonly target: Target | undefined
  /** Choices of the page in the head of the text. */
  readonly children?: React.ReactNode
}

/** Both texts side by side or in one; only the lines on screen exist (UI-VIRT-8). */
export function DiffText({ diff, target, children }: DiffTextProps) {
  const text = useText()
  const { lines } = diff
  const [layout, setLayout] = useState<Layout>('sideBySide')
  const [unfolded, setUnfolded] = useState<ReadonlySet<number> | 'all'>(() => new Set())
  const [wanted, setWanted] = useState('')
  const found = useMemo(() => findLines(lines, wanted), [lines, wanted])
  const seen = useMemo(() => new Set(found), [found])
  const rows = useMemo(() => diffRows(lines, { layout, unfolded, wanted: seen }), [lines, layout, unfolded, seen])
  const starts = useMemo(() => changeStarts(rows), [rows])
  const [change, setChange] = useState(0)
  const [hit, setHit] = useState(0)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeights.line,
    overscan: 10,
  })
  const show = (row: number | undefined) => row !== undefined && list.scrollToIndex(row, { align: 'center' })
  const goTo = (by: 1 | -1) => () => {
    const next = Math.min(starts.length - 1, Math.max(0, change + by))
    setChange(Math.max(0, next))
    show(starts[next])
  }
  const find = (by: 1 | -1) => () => {
    if (found.length === 0) return
    const next = (hit + by + found.length) % found.length
    setHit(next)
    show(rowOfLine(rows, found[next] ?? 0))
  }
  const showLine = useEffectEvent((line: number) => show(rowOfLine(rows, line)))
  useEffect(() => {
    if (target !== undefined) showLine(target.line)
  }, [target])
  const toggle = () => setUnfolded(unfolded === 'all' ? new Set() : 'all')
  useKeys({ J: goTo(1), K: goTo(-1), N: find(1), '⇧N': find(-1), E: toggle })
  const search = (value: string) => {
    setWanted(value)
    setHit(0)
  }
  return (
    <section className="panel diff-text" data-region aria-label={text('diff.text')}>
      <div className="diff-tools">
        {children}
        <label className="diff-search field">
          <Icon name="search" className="faint" />
          <input
            data-filter
            value={wanted}
            placeholder={text('diff.search')}
            aria-label={text('diff.search')}
            onChange={(event) => search(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') find(event.shiftKey ? -1 : 1)()
              if (event.key === 'Escape') search('')
            }}
          />
          {wanted.trim() !== '' && (
            <span className="faint small num" role="status">
              {found.length === 0
                ? text('diff.foundNone')
                : text('diff.found', { index: hit + 1, count: found.length })}
            </span>
          )}
        </label>
        <span className="space" />
        {starts.length > 0 && (
          <span className="faint small num drops">
            {text('diff.changeOf', { index: change + 1, count: starts.length })}
          </span>
        )}
        <Button small kind="ghost" hint="J" label={text('diff.next')} onPress={goTo(1)} />
        <Button small kind="ghost" hint="K" label={text('diff.previous')} onPress={goTo(-1)} />
        <Segments
          small
          label={text('diff.layout')}
          value={layout}
          onChange={setLayout}
          segments={[
            { value: 'sideBySide', label: text('diff.sideBySide') },
            { value: 'inline', label: text('diff.inline') },
          ]}
        />
      </div>
      <div className="diff-sides">
        <SideTitle side={diff.left} role="stable" />
        <SideTitle side={diff.right} role="canary" />
      </div>
      <div className="diff-sheet-frame">
        <div ref={scroller} className="diff-scroll scroll" role="region" aria-label={text('diff.text')} tabIndex={0}>
          <div className="diff-sheet" style={{ height: list.getTotalSize() }}>
            {list.getVirtualItems().map(({ index, start, key }) => {
              const row = rows[index]
              const isHit = row?.kind === 'pair' && found[hit] === row.at
              return row === undefined ? null : (
                <div key={key} className={`diff-row ${layout}${isHit ? ' hit' : ''}`} style={{ top: start }}>
                  {row.kind === 'fold' ? (
                    <FoldRow
                      row={row}
                      onUnfold={() => setUnfolded(new Set([...(unfolded === 'all' ? [] : unfolded), row.start]))}
                    />
                  ) : layout === 'inline' ? (
                    <InlineLine row={row} />
                  ) : (
                    <Pair row={row} />
                  )}
                </div>
              )
            })}
          </div>
        </div>
        <Overview rows={rows} height={list.getTotalSize()} onRow={show} />
      </div>
    </section>
  )
}

interface OverviewProps {
  readonly rows: readonly DiffRow[]
  /** Of the whole text in px. */
  readonly height: number
  readonly onRow: (row: number) => void
}

/** Marks of all changes along the height of the text. */
function Overview({ rows, height, onRow }: OverviewProps) {
  const text = useText()
  const marks = useMemo(() => overviewMarks(rows), [rows])
  return (
    <div className="overview" role="presentation" title={text('diff.overview')}>
      <div className="overview-sheet" style={{ maxHeight: height }}>
        {marks.map(({ top, height: share, op, row }) => (
          <button
            key={row}
            type="button"
            tabIndex={-1}
            aria-hidden
            className={`overview-mark ${op === '-' ? 'gone' : op === '+' ? 'come' : 'both'}`}
            style={{ top: `${top * 100}%`, height: `${share * 100}%` }}
            onClick={() => onRow(row)}
          />
        ))}
      </div>
    </div>
  )
}

function SideTitle({ side, role }: { readonly side: DiffSide; readonly role: 'stable' | 'canary' }) {
  const text = useText()
  const locale = useLocale()
  const { title, version, capturedAt, unrecorded } = side
  return (
    <div className="side-title">
      <span className={`role ${role}`}>{text(role === 'stable' ? 'diff.from' : 'diff.to')}</span>
      <b className="cut" title={title}>
        {title}
      </b>
      <span className="mono faint cut">{version ?? ''}</span>
      <span className="space" />
      {capturedAt !== undefined && (
        <span
          className={`small cut ${unrecorded === true ? 'ink-paused' : 'faint'}`}
          title={unrecorded === true ? text('diff.unrecorded') : ''}
        >
          {unrecorded === true && <Icon name="warn" />}{' '}
          {text('diff.seenAt', { time: formatMoment(capturedAt, locale) })}
        </span>
      )}
    </div>
  )
}

function FoldRow({ row, onUnfold }: { readonly row: Fold; readonly onUnfold: () => void }) {
  const text = useText()
  const { count, byCluster, names } = row
  return (
    <button type="button" className="fold" onClick={onUnfold}>
      <Icon name="chev-r" />
      <span className="cut">
        {text(byCluster ? 'diff.foldedByCluster' : 'diff.folded', { count, names: names.join(', ') || '…' })}
      </span>
    </button>
  )
}

type PairRow = DiffRow & { readonly kind: 'pair' }

function Pair({ row }: { readonly row: PairRow }) {
  return (
    <>
      <Line line={row.left} other={row.right} number={row.left?.leftNumber} change={row.change} side="left" />
      <Line line={row.right} other={row.left} number={row.right?.rightNumber} change={row.change} side="right" />
    </>
  )
}

function InlineLine({ row: { left, right, change } }: { readonly row: PairRow }) {
  const line = left ?? right
  if (line === undefined) return null
  const removed = right === undefined
  return (
    <div className={`line both ${!change ? '' : removed ? 'removed' : 'added'}`}>
      <span className="number num">{line.leftNumber}</span>
      <span className="number num">{line.rightNumber}</span>
      <span className="gutter">{!change ? '' : removed ? '−' : '+'}</span>
      <span className="code cut" title={line.text.trim()}>
        <Keyed text={line.text} />
      </span>
    </div>
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
        {change && !line.text.includes('hidden, ') ? (
          <Marked text={line.text} other={other?.text} />
        ) : (
          <Keyed text={line.text} />
        )}
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
  if (match === null) return <WithHidden value={text} />
  return (
    <>
      <span className="dim">{match[1]}</span>
      <WithHidden value={match[2] ?? ''} />
    </>
  )
}
