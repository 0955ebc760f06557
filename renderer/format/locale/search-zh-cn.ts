import type { searchEn } from './search-en.ts'

export const searchZhCN: Readonly<Record<keyof typeof searchEn, string>> = {
  'search.list': '可以查找的内容',
  'search.about.app': '应用，* 代表任意字符',
  'search.about.cluster': '集群',
  'search.about.namespace': '命名空间',
  'search.about.image': '版本或镜像',
  'search.about.actor': '操作人',
  'search.about.outcome': 'completed、aborted、rolled-back',
  'search.about.since': '7d，或某一天：2026-01-31',
  'search.about.before': '7d，或某一天：2026-01-31',
  'search.unknownTerm': '没有“{{term}}”这个条件。可用的有：{{known}}',
  'search.bad.outcome':
    '“{{value}}”不是结果。{{term}} 可以是 completed、aborted、rolled-back、superseded、deleted 或 running。',
  'search.bad.time': '“{{value}}”不是时间。{{term}} 可以是 24h、7d、2w，或 UTC 的某天、某分钟：2026-01-31T10:30。',
  'search.notHere': '操作没有“{{term}}”：请在发布中查找。',
  'search.asText': '按原文查找 {{text}}',
}
