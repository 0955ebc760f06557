import type { TextKey } from '../format/text.ts'
import type { Page } from '../store/route.ts'

/** One line of the key help. */
export interface KeyLine {
  readonly keys: readonly string[]
  readonly does: TextKey
}

const everywhere: readonly KeyLine[] = [
  { keys: ['⌘K'], does: 'keys.palette' },
  { keys: ['/'], does: 'keys.filter' },
  { keys: ['?'], does: 'keys.help' },
  { keys: ['G', 'F'], does: 'keys.fleet' },
  { keys: ['G', 'P'], does: 'keys.plans' },
  { keys: ['G', 'R'], does: 'keys.rollout' },
  { keys: ['G', 'D'], does: 'keys.diff' },
  { keys: ['G', 'H'], does: 'keys.history' },
  { keys: ['G', 'S'], does: 'keys.statistics' },
  { keys: ['F6'], does: 'keys.regions' },
  { keys: ['⌘⇧L'], does: 'keys.theme' },
  { keys: ['⌘O'], does: 'keys.kubeconfig' },
  { keys: ['Z'], does: 'keys.takeBack' },
  { keys: ['Esc'], does: 'keys.escape' },
]

const actions: readonly KeyLine[] = [
  { keys: ['P'], does: 'action.promote' },
  { keys: ['⇧P'], does: 'action.promoteFull' },
  { keys: ['S'], does: 'action.skipStep' },
  { keys: ['Space'], does: 'keys.pauseResume' },
  { keys: ['A'], does: 'action.abort' },
  { keys: ['R'], does: 'action.retry' },
  { keys: ['U'], does: 'action.undo' },
  { keys: ['D'], does: 'keys.openDiff' },
]

const planKeys: readonly KeyLine[] = [
  { keys: ['H'], does: 'keys.hold' },
  { keys: ['W'], does: 'keys.openWave' },
]

/** All keys per page; the help shows them and the keyboard test walks them. */
export const keyMap: Readonly<
  Record<Page, readonly { readonly title: TextKey; readonly lines: readonly KeyLine[] }[]>
> = {
  fleet: [
    {
      title: 'nav.fleet',
      lines: [
        { keys: ['↑', '↓', '←', '→'], does: 'keys.cells' },
        { keys: ['J', 'K'], does: 'keys.rows' },
        { keys: ['↵'], does: 'keys.openCell' },
        { keys: ['X'], does: 'keys.mark' },
        { keys: ['⇧', '→'], does: 'keys.markRange' },
        { keys: ['N', '⇧N'], does: 'keys.queue' },
        { keys: ['F'], does: 'keys.tabs' },
        { keys: ['.'], does: 'keys.applyOrder' },
        { keys: ['⌥1', '⌥9'], does: 'keys.savedViews' },
        { keys: ['⇧', 'H'], does: 'past.openBoard' },
        ...planKeys,
      ],
    },
    { title: 'keys.onCell', lines: actions },
    { title: 'keys.everywhere', lines: everywhere },
  ],
  rollout: [
    {
      title: 'nav.rollout',
      lines: [
        { keys: ['[', ']'], does: 'keys.siblings' },
        { keys: ['M'], does: 'keys.analysis' },
        { keys: ['⇧', 'H'], does: 'past.open' },
        { keys: ['T'], does: 'keys.table' },
        { keys: ['E'], does: 'action.terminateExperiment' },
        ...actions,
      ],
    },
    { title: 'keys.everywhere', lines: everywhere },
  ],
  diff: [
    {
      title: 'nav.diff',
      lines: [
        { keys: ['←', '→'], does: 'keys.moveRight' },
        { keys: ['⇧', '←', '→'], does: 'keys.moveLeft' },
        { keys: ['J', 'K'], does: 'keys.changes' },
        { keys: ['X'], does: 'keys.swap' },
        { keys: ['1', '5'], does: 'keys.diffTabs' },
        { keys: ['N', '⇧N'], does: 'keys.found' },
        { keys: ['E'], does: 'keys.unfold' },
        { keys: ['Y'], does: 'diff.copy' },
        { keys: ['B'], does: 'drift.baseline' },
      ],
    },
    { title: 'keys.everywhere', lines: everywhere },
  ],
  history: [
    {
      title: 'nav.history',
      lines: [
        { keys: ['←', '→'], does: 'keys.tenSeconds' },
        { keys: ['⇧', '←', '→'], does: 'keys.oneEvent' },
        { keys: ['Space'], does: 'keys.play' },
        { keys: ['O'], does: 'past.openMoment' },
        { keys: ['E'], does: 'keys.exportBundle' },
        { keys: ['I'], does: 'keys.importBundle' },
      ],
    },
    {
      title: 'past.tag',
      lines: [
        { keys: ['C'], does: 'past.compare' },
        { keys: ['L'], does: 'past.lanes' },
        { keys: ['Esc'], does: 'past.leave' },
      ],
    },
    { title: 'keys.everywhere', lines: everywhere },
  ],
  statistics: [
    {
      title: 'statistics.title',
      lines: [
        { keys: ['1', '3'], does: 'keys.range' },
        { keys: ['T'], does: 'keys.table' },
      ],
    },
    { title: 'keys.everywhere', lines: everywhere },
  ],
  plans: [
    {
      title: 'nav.plans',
      lines: [{ keys: ['J', 'K'], does: 'keys.nextPlan' }, ...planKeys, { keys: ['N'], does: 'keys.newPlan' }],
    },
    { title: 'keys.everywhere', lines: everywhere },
  ],
  planEditor: [
    {
      title: 'planEditor.title',
      lines: [
        { keys: ['⌘S'], does: 'keys.savePlan' },
        { keys: ['⌘↵'], does: 'keys.startPlan' },
      ],
    },
    { title: 'keys.everywhere', lines: everywhere },
  ],
  analysis: [
    {
      title: 'analysis.title',
      lines: [
        { keys: ['J', 'K'], does: 'keys.metrics' },
        { keys: ['T'], does: 'keys.table' },
        { keys: ['Y'], does: 'keys.rerun' },
        { keys: ['E'], does: 'keys.terminate' },
        { keys: ['B'], does: 'keys.backTest' },
      ],
    },
    { title: 'keys.everywhere', lines: everywhere },
  ],
}
