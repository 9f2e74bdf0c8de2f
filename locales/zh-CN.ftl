# 中文句子:problem-<code>-title、problem-<code>-detail、fault-<code>

problem-unauthenticated-title = 缺少访问令牌
problem-unauthenticated-detail = 请携带访问令牌:Authorization: Bearer …。令牌在 /oauth2/token 获取。
problem-invalid-token-title = 访问令牌无效
problem-invalid-token-detail = 令牌格式错误、已过期、已吊销、不适用于本服务,或未通过唯一的 Authorization 头发送。请在 /oauth2/token 重新获取。
problem-insufficient-scope-title = 权限范围不足
problem-insufficient-scope-detail = 此操作需要权限范围 { $scope },当前令牌不具备。
fault-client-name = 须为 2 至 63 个字符,只含 a-z、0-9 和 -,以字母或数字开头。
fault-client-disabled = 该客户端已停用。
fault-unknown-scope = 不存在权限范围 { $value }。
fault-scope-not-granted = 该客户端仅有权限范围 { $scopes }。
fault-secret-length = 密钥不得少于 { $min } 个字符,不得超过 { $max } 字节。
fault-secret-characters = 密钥只能包含可见 ASCII 字符。
fault-unknown-province = 须为 500000(重庆)或 510000(四川)。
fault-unknown-organization = 没有这个机构记录。
fault-other-province-than-org = 该机构属于另一省市。
