/** Words about searching the history. */
export const searchEn = {
  'search.list': 'What can be asked for',
  'search.about.app': 'application, * for any characters',
  'search.about.cluster': 'cluster',
  'search.about.namespace': 'namespace',
  'search.about.image': 'version or image',
  'search.about.actor': 'who did it',
  'search.about.outcome': 'completed, aborted, rolled-back',
  'search.about.since': '7d, or a day: 2026-01-31',
  'search.about.before': '7d, or a day: 2026-01-31',
  'search.unknownTerm': 'There is no term “{{term}}”. There are: {{known}}',
  'search.bad.outcome':
    '“{{value}}” is no outcome. {{term}} takes completed, aborted, rolled-back, superseded, deleted or running.',
  'search.bad.time': '“{{value}}” is no time. {{term}} takes 24h, 7d, 2w, or a day or minute in UTC: 2026-01-31T10:30.',
  'search.notHere': 'Actions have no “{{term}}”: look for it among rollouts.',
  'search.asText': 'Look for the text {{text}}',
} as const
