import type { boardEn } from './board-en.ts'

export const boardZhCN: Readonly<Record<Exclude<keyof typeof boardEn, `${string}_one`>, string>> = {
  'bar.native_other': '{{count}} 个原生工作负载',
  'card.hideNatives': '隐藏原生',
  'card.showNatives': '显示原生',
  'cell.updated': '{{count}} 个 Pod 中 {{updated}} 个为新',
  'kinds.label': '工作负载类型',
  'kinds.all': '全部类型',
  'kinds.rollouts': '仅 Rollout',
  'kinds.native': '原生',
  'natives.hidden': 'Deployment 与 StatefulSet 未显示',
  'natives.loading': '正在读取 Deployment 与 StatefulSet',
  'natives.shown': '{{count}} 个 Deployment 与 StatefulSet',
  'natives.forbidden': '你无权列出全部，已显示 {{count}} 个',
  'toast.nativesRefused': '{{cluster}}：未更改',
  'workload.gone': '它已不在总览中',
  'workload.goneWhy': '它已被删除，或其模板现由某个 Rollout 借用，或该集群的原生工作负载已隐藏。',
  'workload.new': '新 Pod',
  'workload.wanted': '目标',
  'workload.revisionsForbidden': '你无权读取其版本历史。',
}
