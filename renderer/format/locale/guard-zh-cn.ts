/** Words about what stands in the way of an action. */
export const guardZhCN = {
  'guard.title': '阻止此操作的因素',
  'guard.breakGlass': '紧急放行：仍然发送。原因会保留在记录中。',
  'guard.again': '此后不再由任何步骤、暂停或分析检查。',
  'guard.missing.breakGlass': '当前已关闭：如需发送，请紧急放行',
  'guard.missing.reason': '请写明原因',
  'guard.missing.again': '请再次确认不再进行任何检查',
  'did.setAside': '已越过：{{what}}',
} as const
