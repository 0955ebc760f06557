import { useStore } from 'zustand'
import { useApp, useText } from '../../store/use-app.ts'
import { Board } from './board.tsx'
import { BoardState } from './board-state.tsx'
import { Legend } from './legend.tsx'
import { Peek } from './peek.tsx'
import { PlanStrip } from './plan-strip.tsx'
import { Queue } from './queue.tsx'
import { Rail } from './rail.tsx'
import { Toolbar } from './toolbar.tsx'
import { useBoard } from './use-board.ts'
import { useFleetKeys } from './use-fleet-keys.ts'
import './fleet.css'

/** All applications in all clusters: who needs me, what moves, the rest. */
export function FleetPage() {
  const app = useApp()
  const text = useText()
  const board = useBoard()
  useFleetKeys(board)
  const marked = useStore(app.selection, (state) => state.marked)
  const active = useStore(app.selection, (state) => state.active)
  const empty = board.items.length === 0
  return (
    <div className={app.isPast ? 'fleet fleet-past' : 'fleet'}>
      <h1 className="unseen">{text('nav.fleet')}</h1>
      {!app.isPast && <Rail />}
      <div className="fleet-centre">
        <PlanStrip />
        <Toolbar board={board} />
        {empty ? <BoardState board={board} /> : <Board board={board} />}
        {(marked.size > 0 && !app.isPast) || active !== undefined ? <Peek board={board} /> : <Legend />}
      </div>
      <Queue />
    </div>
  )
}
