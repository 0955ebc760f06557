/** Words about native workloads, saved views, groups of columns, and what an action on many rollouts reaches. */
export const boardEn = {
  'bar.native_one': '{{count}} native workload',
  'bar.native_other': '{{count}} native workloads',
  'card.hideNatives': 'Hide native',
  'card.showNatives': 'Show native',
  'cell.updated': '{{updated}} of {{count}} pods new',
  'kinds.label': 'Kinds of workload',
  'kinds.all': 'All kinds',
  'kinds.rollouts': 'Rollouts',
  'kinds.native': 'Native',
  'natives.hidden': 'Deployments and StatefulSets are not on the board',
  'natives.loading': 'Deployments and StatefulSets are being read',
  'natives.shown': '{{count}} Deployments and StatefulSets',
  'natives.forbidden': 'You may not list all of them: {{count}} are shown',
  'toast.nativesRefused': '{{cluster}}: not changed',
  'workload.gone': 'It is not on the board any more',
  'workload.goneWhy':
    'It was deleted, a Rollout borrows its template now, or native workloads of its cluster are hidden.',
  'workload.new': 'New pods',
  'workload.wanted': 'wanted',
  'workload.revisionsForbidden': 'You may not read its revisions.',
} as const
