import { useStore } from 'zustand'
import { RoleMark } from '../../marks/role-mark.tsx'
import { boardKinds, boardTabs } from '../../store/filters.ts'
import { hrefOf } from '../../store/route.ts'
import { useApp, useClusters, useText } from '../../store/use-app.ts'
import { Button, Kbd } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import type { BoardModel } from './use-board.ts'

export function Toolbar({ board }: { readonly board: BoardModel }) {
  const { filters, isPast } = useApp()
  const text = useText()
  const filter = useStore(filters, (state) => state.fleet)
  const tab = useStore(filters, (state) => state.tab)
  const kinds = useStore(filters, (state) => state.kinds)
  const hasNative = useClusters((state) => state.clusters.some(({ natives }) => (natives?.count ?? 0) > 0))
  return (
    <search className="toolbar" data-region>
      <label className="field filter">
        <Icon name="funnel" />
        <input
          data-filter
          type="text"
          value={filter}
          maxLength={500}
          spellCheck={false}
          placeholder={text('filter.placeholder')}
          aria-label={text('filter.label')}
          title={text('filter.help')}
          onChange={(event) => filters.setState({ fleet: event.target.value })}
          onKeyDown={(event) => event.key === 'Enter' && document.querySelector<HTMLElement>('[role="grid"]')?.focus()}
        />
        <Kbd>/</Kbd>
      </label>
      <Segments
        label={text('tab.label')}
        value={tab}
        onChange={(next) => filters.setState({ tab: next })}
        segments={boardTabs.map((value) => ({ value, label: text(`tab.${value}`), count: board.counts[value] }))}
      />
      {hasNative && (
        <Segments
          label={text('kinds.label')}
          value={kinds}
          onChange={(next) => filters.setState({ kinds: next })}
          segments={boardKinds.map((value) => ({ value, label: text(`kinds.${value}`) }))}
        />
      )}
      <span className="space" />
      {!isPast && <AsItWas />}
      {board.wantToMove > 0 ? (
        <Button
          small
          kind="ghost"
          hint="."
          label={text('board.wantToMove', { count: board.wantToMove })}
          onPress={board.applyOrder}
        />
      ) : hasNative ? null : (
        <span className="row wide-only">
          <span className="faint small">{text('board.order')}</span>
          <RoleMark role="stable" />
          <RoleMark role="canary" />
        </span>
      )}
    </search>
  )
}

/** The board at any past moment (W9). */
function AsItWas() {
  const app = useApp()
  const text = useText()
  const open = () => app.goTo(hrefOf({ page: 'fleet', at: app.clock.now() }))
  useKeys({ '⇧H': open })
  return <Button small iconOnly icon="history" label={text('past.openBoard')} onPress={open} />
}
