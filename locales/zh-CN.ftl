# 中文句子：problem-<code>-title、problem-<code>-detail、fault-<code>

# 代码表与取值
fault-aggregation-of-ratio = 多地的百分比或增长率不能相加：应取最新或不汇总。
fault-control-character = 文本不得含控制字符（换行与制表符除外）。
fault-area-amount = 面积须为十进制字符串，最多 9 位整数、两位小数。
fault-bidi-control = 文本含有改变书写方向的字符（{ $point }），请删去。
    .plain = 文本不得含改变书写方向的字符。
fault-blank = 文本只有空白或不可见字符，视同未填。
fault-invisible-character = 文本含有不可见字符（{ $point }），请删去。
    .plain = 文本不得含不可见字符。
fault-odd-space = 单行文本含有特殊空白（{ $point }，如不间断空格、制表符），请改用普通空格或删去。
    .plain = 单行文本只能使用普通空格或全角空格。
fault-day-impossible = 这一天在日历上不存在。
fault-day-range = 日期年份须在 1800 至 2200 之间。
fault-day-shape = 日期须写作 YYYY-MM-DD，共十个字符。
fault-decimal-shape = 应为十进制数，整数部分至多 18 位，不含多余的零和指数。
fault-division-aggregation = 该代码是汇总码（如“市辖区”），不能作为地址；请填写区县或地市级代码。
fault-division-outside = 川渝以外的单位请填写所在省级行政区代码（前两位加四个零）。
fault-division-unknown = 没有这个行政区划代码（GB/T 2260，六位数字）。
fault-division-before-tables = 本登记的行政区划表自 2002 年底起，未收录代码 { $value }；记录在此之前已终止，予以接受，请核对。
    .plain = 本登记的行政区划表自 2002 年底起，未收录该代码；记录在此之前已终止，予以接受，请核对。
fault-division-withdrawn = 行政区划代码在所涉日期不是有效代码；如已由其他代码取代，见 did_you_mean。
fault-duty-repeated = 已有同一范围的填报任务。
fault-email-shape = 电子邮箱格式不正确。
fault-external-above-effective = 对外服务机时不得超过有效机时。
fault-hours-amount = 机时须为非负小数字符串，最多两位小数，例如 1400.00。
fault-hours-beyond-year = 有效机时超过全年小时数（8760，闰年 8784）。
fault-instant-shape = 时刻须符合 RFC 3339 并带时区，例如 2023-04-01T01:00:00Z。
fault-money-amount = 金额须为以元计的非负小数字符串，最多两位小数，例如 678100.00。
fault-measure-amount = 数值须为十进制字符串，最多 12 位整数、六位小数。
fault-month-range = 月份的年份须在 1800 至 2200 之间。
fault-month-shape = 月份须写作 YYYY-MM，共七个字符。
fault-name-empty = 名称不得为空。
fault-name-spaces = 名称须为一行，首尾不得有空白。
fault-name-too-long = 名称不得超过 200 个字符。
fault-no-chongqing-participant = 至少需要一家重庆市的参与单位。
fault-no-sichuan-participant = 至少需要一家四川省的参与单位。
fault-noncharacter = 文本含有不是字符的 Unicode 码位。
fault-not-nfc = 文本须为 Unicode NFC 规范形式。
fault-nothing-periodic = 一次性指标没有可按期填报的数值。
fault-orcid-check = ORCID 校验码不正确。
fault-orcid-shape = ORCID 须写作 0000-0002-1825-0097 的形式，不带网址。
fault-period-not-ended = 该期间尚未结束：数值只能是初步或含义不明。
fault-phone-shape = 电话须为 5 至 32 个字符，只含数字、空格、连字符和括号，可以加号开头。
fault-quantity-inexact = 换算结果不足一分或不是整数。
fault-quantity-order = 关系为“数十”或“量级”时，数值应为数量级，如 10、100、1000000000000。
fault-quantity-precision = 精度应大于 0。
fault-quantity-precision-differs = 原文的数值精确到 { $value }。
    .plain = 原文数值的精确程度与所填不同。
fault-quantity-quote-contradicts = 原文用语对该数值表示“{ $said }”，而非“{ $value }”。
    .plain = 原文用语对该数值表示的关系与所填不符。
fault-quantity-quote-differs = 原文用语中没有该数值，或其表示的关系、承诺程度可能与所填不同，请核对。
fault-rated-hours-zero = 年定额机时须大于零。
fault-record-code-check = 记录编号的校验位不正确。
fault-record-code-kind = 记录编号的类别前缀不存在。
fault-record-code-shape = 记录编号须写作 INS-2026-000123-3 的形式。
fault-repeated-parameter = 该参数只能出现一次。
fault-ror-check = ROR 校验位不正确。
fault-ror-shape = ROR 须写完整网址，例如 https://ror.org/011ashp19，小写。
fault-share-shape = 应为 0 至 1 的十进制数，至多两位小数。
fault-unknown-code = 词表中没有这个代码。
fault-unknown-format = 没有这种格式。
fault-unknown-parameter = 没有这个参数。
fault-unknown-vocabulary = 没有这个词表。
fault-uri-shape = 网址须以 http:// 或 https:// 开头，含主机名，不含用户信息和空格，最长 2048 个字符。
fault-uscc-alphabet = 统一社会信用代码只用数字和大写字母，且不用 I、O、S、V、Z。
fault-uscc-authority = 统一社会信用代码第 1 位不是已规定的登记管理部门代码。
fault-uscc-category = 统一社会信用代码前两位（机构类别）不在本登记的代码表中，请核对；属实可照常填报。
fault-uscc-check = 统一社会信用代码校验码不正确。
fault-uscc-division = 统一社会信用代码第 3 至 8 位须为数字。
fault-uscc-length = 统一社会信用代码须为 18 个字符。
fault-uuid-shape = UUID 须为带连字符的 36 个字符。
# 对外语句。problem-<code>-title 标题，-detail 说明，-help 处理办法；fault-<code> 单项错误。
# 含参数的语句须有 .plain，供缺少参数时使用。

problem-malformed-body-title = 请求体无法解析
problem-malformed-body-detail = 请求体第 { $line } 行第 { $column } 列附近无法解析。
    .plain = 请求体不是本服务可接受的 JSON。
problem-malformed-body-help = 请发送符合 RFC 8259 的 UTF-8 编码 JSON 对象：成员名不得重复，嵌套不超过 32 层，不得含空字符。

problem-malformed-request-title = 请求格式有误
problem-malformed-request-detail = 请求不符合 HTTP 规范或路径编码有误，无法处理。
problem-malformed-request-help = 请检查请求路径的百分号编码（须为 UTF-8）以及请求体长度是否与声明一致。

problem-invalid-code-title = 记录编号有误
problem-invalid-code-detail = “{ $ref }”不是有效的记录编号，请核对校验位。
    .plain = 记录编号的格式或校验位不正确。
problem-invalid-code-help = 记录编号形如 LAB-2023-000007-5，末位为校验位。请与原件核对后重新提交。

problem-unknown-parameter-title = 存在未知参数或取值
problem-unknown-parameter-detail = 有 { $count } 个查询参数或其取值不被支持。
    .plain = 有查询参数或其取值不被支持。
problem-unknown-parameter-help = 请对照接口文档和代码表核对参数名称与取值；errors 中的 did_you_mean 给出最接近的一个。

problem-invalid-parameter-title = 参数取值有误
problem-invalid-parameter-detail = 有 { $count } 个参数的取值有误。
    .plain = 参数取值有误。
problem-invalid-parameter-help = 请按 errors 中的说明修改参数；同一参数只能出现一次，取值须为 UTF-8 百分号编码。

problem-invalid-header-title = 请求头有误
problem-invalid-header-detail = 有 { $count } 个请求头字段有误。
    .plain = 请求头字段有误。
problem-invalid-header-help = 请按 errors 中的说明修改请求头字段，并对照接口文档中的示例。

problem-cursor-mismatch-title = 翻页游标与查询条件不符
problem-cursor-mismatch-detail = 该游标不属于当前的查询条件。
problem-cursor-mismatch-help = 请使用上一页返回的 next 链接，不要在翻页途中更改筛选或排序条件；如需更改，请从第一页重新开始。

problem-unauthenticated-title = 未提供访问凭证
problem-unauthenticated-detail = 访问该资源须提供有效的访问令牌。
problem-unauthenticated-help = 请先向 /oauth2/token 申请令牌，再以 Authorization: Bearer 请求头提交。

problem-invalid-token-title = 访问令牌无效
problem-invalid-token-detail = 访问令牌无效、已过期，或所属客户端已停用。
problem-invalid-token-help = 请向 /oauth2/token 重新申请令牌；如仍失败，请联系管理员确认客户端状态。

problem-insufficient-scope-title = 权限不足
problem-insufficient-scope-detail = 访问令牌缺少权限“{ $scope }”。
    .plain = 访问令牌缺少所需权限。
problem-insufficient-scope-help = 请申请包含该权限的令牌；如客户端未获授权，请联系管理员。

problem-other-organization-title = 不属于本单位
problem-other-organization-detail = 您的客户端只能办理本单位的记录；为本省市其他单位办理须有 records:publish。
problem-other-organization-help = 请由记录所属单位的客户端，或其省市具有 records:publish 的客户端办理。

problem-other-province-title = 不属于本省市
problem-other-province-detail =
    { $province ->
        [none] 您的客户端没有绑定省市，不能代表任何一方办理。
       *[other] 该事项由{ LABEL($province, "divisions") }办理，您的客户端只能代表本省市。
    }
    .plain = 只能代表本省市办理该事项。
problem-other-province-help = 请由相应省市的客户端办理；客户端所代表的省市由管理员设定。

problem-four-eyes-title = 提交与确认须由不同经办人办理
problem-four-eyes-detail = 该客户端自记录上次生效以来新建、修改、提出或提交过其内容，或本次状态变更由其提出，不得自行确认或不同意。
problem-four-eyes-help = 请由本省市另一名具有确认权限的经办人（客户端）办理确认。关闭、恢复、撤销不改变内容，仅提出该项申请的客户端须回避，编写过内容的客户端可以确认。

problem-own-record-title = 不得确认本单位的记录
problem-own-record-detail = 记录所属单位不得代表本省市确认自己的记录。
problem-own-record-help = 请由本省市主管部门的客户端办理；主管部门自己的记录由该部门的另一客户端确认。

problem-not-found-title = 未找到
problem-not-found-detail = 未找到“{ $ref }”，或您无权查看。
    .plain = 未找到该资源，或您无权查看。
problem-not-found-help = 请核对标识或编号；草稿只对所属单位可见。

problem-not-official-then-title = 当时未生效
problem-not-official-then-detail = { $ref } 在 { $at } 时尚未生效。
    .plain = 该记录在所问时刻尚未生效。
problem-not-official-then-help = 记录自 published_at 起生效；请改查更晚的时刻，或持访问令牌查看其修订历史。

problem-before-history-title = 早于历史
problem-before-history-detail = 本登记簿自变更流第 { $first } 位起有历史可查。
    .plain = 该位置没有历史可查。
problem-before-history-help = 请改查更晚的位置；应答中的 as_of_seq 即是。

problem-position-to-come-title = 位置尚未到达
problem-position-to-come-detail = 变更流现到第 { $last } 位。
    .plain = 变更流尚未到该位置。
problem-position-to-come-help = 请改查不晚于 last 的位置。

problem-unknown-path-title = 路径不存在
problem-unknown-path-detail = 本服务没有该路径。
problem-unknown-path-help = 请对照接口文档核对路径；路径末尾不带斜线，区分大小写。

problem-method-not-allowed-title = 不支持该请求方法
problem-method-not-allowed-detail = 该路径支持的方法：{ $allowed }。
    .plain = 该路径不支持此请求方法。
problem-method-not-allowed-help = 请改用 Allow 响应头列出的方法。

problem-not-acceptable-title = 无法按要求的格式返回
problem-not-acceptable-detail = 该资源可提供的格式：{ $allowed }。
    .plain = 该资源不能以所要求的格式提供。
problem-not-acceptable-help = 请修改 Accept 请求头，使其包含所列格式之一。

problem-request-timeout-title = 接收请求超时
problem-request-timeout-detail = 未能在 { $limit } 秒内收到完整的请求体。
    .plain = 未能在规定时间内收到完整的请求。
problem-request-timeout-help = 请检查网络状况后重试；数据量大时请分次提交。

problem-withdrawn-title = 记录已撤销
problem-withdrawn-detail = “{ $ref }”已撤销。
    .plain = 该记录已撤销。
problem-withdrawn-help = 撤销原因与取代它的记录见 reason 与 superseded_by。如系误撤销，有权撤销者可通过 transitions 将其恢复为撤销前的状态（未生效过的恢复为草稿）；已并入其他记录的除外。

problem-register-restored-title = 登记簿已从备份恢复
problem-register-restored-detail = 登记簿已从备份恢复（累计 { $restores } 次）：该{ $what ->
        [tag] 实体标签
        [cursor] 翻页游标
       *[position] 位置
    }属于恢复之前，已不再有效。
    .plain = 登记簿已从备份恢复：您所持有的内容属于恢复之前，已不再有效。
problem-register-restored-help = 请重新读取：标签对应的记录；游标对应的列表（从第一页开始）；位置对应的变更流（自 read_from 之后），并删去在该位置之后得到的内容。

problem-illegal-transition-title = 当前状态不允许该操作
problem-illegal-transition-detail =
    { $needs ->
        [publish] 记录可以转为“{ LABEL($to, "record-states") }”，但您的客户端无权办理：须由记录所在省市具有 records:publish 的客户端办理，共建类记录须两地各一。
        [owner] 记录可以转为“{ LABEL($to, "record-states") }”，但您的客户端无权办理：须由所属单位或其省市具有 records:publish 的客户端办理。
        [confirmations] 共建类记录经两地确认后方为“{ LABEL($to, "record-states") }”，不能以状态变更办理。
       *[none]
            { $to ->
                [edit] 记录处于“{ LABEL($from, "record-states") }”状态，不能再修改。
                [change] 变更申请只能就已生效或已暂停的记录提出，该记录处于“{ LABEL($from, "record-states") }”状态。
                [recalled] 该变更申请已办结，无可撤回。
               *[other] 记录不能由“{ LABEL($from, "record-states") }”转为“{ LABEL($to, "record-states") }”。
            }
    }
    .plain = 记录的当前状态不允许该操作。
problem-illegal-transition-help = 可办理的状态变更见 legal，或查询该记录的 transitions；草稿可直接修改。

problem-cosigned-field-title = 须经确认后方可变更
problem-cosigned-field-detail =
    { $word ->
        [chongqing] “{ LABEL($fields, "members") }”的变更须经重庆市确认，本次请求未作任何修改。
        [sichuan] “{ LABEL($fields, "members") }”的变更须经四川省确认，本次请求未作任何修改。
       *[both] “{ LABEL($fields, "members") }”的变更须经重庆市和四川省共同确认，本次请求未作任何修改。
    }
    .plain = 所修改的内容须经省市确认，本次请求未作任何修改。
problem-cosigned-field-help = 其他成员请去掉 errors 所列各项后重新发送，即时生效；所列各项请以 POST 向 change_requests 所示地址提出变更申请，经 provinces 所列省市全部确认后生效。

problem-digest-mismatch-title = 内容已变更，内容指纹不一致
problem-digest-mismatch-detail = 所确认的内容指纹（digest）与当前内容不一致。
problem-digest-mismatch-help = 请重新读取记录，核对内容后以 current_digest 所给的内容指纹再次确认。

problem-already-confirmed-title = 本省市已表态
problem-already-confirmed-detail = 本省市已就该内容表明意见。
problem-already-confirmed-help = 无需重复办理，请等待另一方办理。

problem-change-request-open-title = 本方已有待办结的变更申请
problem-change-request-open-detail = 本方就该记录已有一项待办结的变更申请，见 change_request。
problem-change-request-open-help = 请等待其办结，或由申请方撤回后再提出。

problem-change-request-conflicted-title = 申请的变更已无法实现
problem-change-request-conflicted-detail = 申请提出后，该记录或其引用的记录已有变化，所申请的变更无法再生效。该申请已以“有冲突”办结，记录保持不变。
problem-change-request-conflicted-help = 原因见 errors（指针指向该变更申请的 content）；请以现行内容为基础重新提出申请。

problem-take-back-first-title = 已提交，请先撤回
problem-take-back-first-detail = 已提交的内容正在等待确认，其间不能修改；如需修改，请先写明原因退回草稿。
problem-take-back-first-help = 请先以 POST …/transitions 退回草稿（to 为 draft，并写明原因），修改后重新提交。

problem-not-awaiting-confirmation-title = 当前无待确认事项
problem-not-awaiting-confirmation-detail = 该记录当前没有待确认的内容。
problem-not-awaiting-confirmation-help = 请查看记录状态；只有已提交的记录或变更申请可以确认。

problem-duplicate-identifier-title = 标识已被登记
problem-duplicate-identifier-detail = { $ask ->
        [chongqing] 标识“{ $value }”已由尚未公开的记录登记，请向重庆市科技主管部门查询。
        [sichuan] 标识“{ $value }”已由尚未公开的记录登记，请向四川省科技主管部门查询。
       *[other] 标识“{ $value }”已登记于其他记录。
    }
    .plain = 该标识已登记于其他记录。
problem-duplicate-identifier-help = 请查看 existing 指向的记录，确认是否为同一对象；如属误登，请联系该记录的所属单位。没有 existing 时，该记录尚未公开，请向 ask 所示省市的科技主管部门查询。

problem-already-exists-title = 记录已存在
problem-already-exists-detail = 相同的记录已经存在。
problem-already-exists-help = 请查看 existing 指向的记录；如需修改，请更新该记录。

problem-spelling-accepted-title = 该写法已认可
problem-spelling-accepted-detail = 本来源系统已认可该写法指另一单位，见 existing。
problem-spelling-accepted-help = 如需改指他单位，请先撤回该写法，再重新认可。

problem-already-introduced-title = 已在对接
problem-already-introduced-detail = 这项需求与这项供给之间已有一次未了结的对接；您看得到时见 existing。
problem-already-introduced-help = 请在该次对接中办理，或待其了结后再提出。

problem-illegal-step-title = 对接当前不能如此办理
problem-illegal-step-detail = “{ LABEL($from, "introduction-states") }”的对接不能转为“{ LABEL($to, "introduction-states") }”，可转为：{ CODES($legal, "introduction-states") }。
    .plain = 对接当前不能转为该状态。
problem-illegal-step-help = 可办理的步骤见 legal_steps，或查询该对接的 transitions。

problem-not-open-title = 需求或供给已不开放
problem-not-open-detail = 需求与供给须均已生效且开放，方可提出或同意对接；原因见 errors。对接及其历史保持不变。
problem-not-open-help = 待该记录恢复后再办理，或谢绝此次对接。

problem-merge-clash-title = 并入后将出现重复标识
problem-merge-clash-detail = 并入后将有两条记录使用同一标识，详见 clashes。
problem-merge-clash-help = 请先将每对记录中的一条撤销、并入另一条，或更正其标识，然后再办理并入。

problem-in-use-title = 正在被引用，不能办理
problem-in-use-detail = 该对象仍被其他记录引用。
problem-in-use-help = 请先解除引用，或改为停用。

problem-not-a-draft-title = 不是草稿
problem-not-a-draft-detail = 只有草稿可以删除。
problem-not-a-draft-help = 已提交或已生效的记录请通过 transitions 办理撤销。

problem-not-official-title = 尚未生效
problem-not-official-detail = 第 { $revision } 次修订的状态为“{ LABEL($state, "record-states") }”，只有已生效的内容才能出具证明。
    .plain = 该修订未生效，只有已生效的内容才能出具证明。
problem-not-official-help = 请指定记录处于生效、暂停或关闭状态时的修订；修订历史中可查。

problem-request-in-progress-title = 相同请求正在处理
problem-request-in-progress-detail = 使用同一幂等键的请求正在处理。
problem-request-in-progress-help = 请在 Retry-After 指明的秒数后以同一幂等键重试。

problem-revision-conflict-title = 记录已有新的修订
problem-revision-conflict-detail =
    { $why ->
        [exists] If-None-Match: * 要求新建，但该来源标识已有记录，当前修订号为 { $revision }。
        [missing] If-Match 要求已有记录，但该来源标识没有记录。
       *[stale] 记录的当前修订号为 { $revision }，与 If-Match 不符。请以响应正文中的 revision 构造标签（如 "7"），不使用 W/ 前缀。
    }
    .plain = 记录已有新的修订，与 If-Match 不符。请以响应正文中的 revision 构造标签，不使用 W/ 前缀。
problem-revision-conflict-help = 请重新读取记录，在最新修订上合并修改后再次提交。

problem-body-too-large-title = 请求体过大
problem-body-too-large-detail = 请求体不得超过 { $limit } 字节。
    .plain = 请求体超过允许的大小。
problem-body-too-large-help = 请减小请求体；数据量大时请分次提交。

problem-uri-too-long-title = 请求地址过长
problem-uri-too-long-detail = 请求地址不得超过 { $limit } 字节。
    .plain = 请求地址超过允许的长度。
problem-uri-too-long-help = 请减少筛选条件或分多次查询。

problem-unsupported-media-type-title = 不支持该内容类型
problem-unsupported-media-type-detail = 请求体须为 { $allowed }，使用 UTF-8，且不得压缩。
    .plain = 请求体的内容类型或编码不受支持。
problem-unsupported-media-type-help = 请按 Accept、Accept-Patch 或 Accept-Encoding 响应头的提示设置 Content-Type，且不压缩请求体。

problem-expectation-failed-title = 无法满足 Expect 要求
problem-expectation-failed-detail = 本服务无法满足 Expect 请求头的要求。
problem-expectation-failed-help = 请去掉 Expect 请求头后重试。

problem-validation-failed-title = 数据校验未通过
problem-validation-failed-detail = { $count } 个字段有误。
    .plain = 数据未通过校验。
problem-validation-failed-help = 请按 errors 逐项修改后重新提交；pointer 指明所在位置。

problem-missing-counterparty-title = 缺少另一方单位
problem-missing-counterparty-detail = 双方共建的记录须同时有重庆市和四川省的参与单位。
problem-missing-counterparty-help = 请在 parties 中补充缺少一方的单位后重新提交。

problem-idempotency-key-reused-title = 幂等键已用于其他请求
problem-idempotency-key-reused-detail = 该幂等键已用于另一请求。
problem-idempotency-key-reused-help = 新的请求请使用新的幂等键；重试原请求时请保持内容不变。

problem-rule-violated-title = 违反登记规则
problem-rule-violated-detail = 内容违反数据库中的规则，未作任何修改。服务未能指明具体成员，此事已记入日志。
problem-rule-violated-help = 请核对内容中的日期、金额和生命周期；如均无误，请将 request_id 告知运维人员。

problem-precondition-required-title = 须提供 If-Match
problem-precondition-required-detail = 修改记录须以 If-Match 指明所依据的修订。
problem-precondition-required-help = 请先读取记录，将响应头 ETag 的值放入 If-Match。

problem-quota-exceeded-title = 请求过于频繁
problem-quota-exceeded-detail = 请求过于频繁，请在 { $seconds } 秒后重试。
    .plain = 请求过于频繁，请稍后重试。
problem-quota-exceeded-help = 请按 Retry-After 等待后重试，并参照 RateLimit 响应头控制频率；获取增量数据请使用 changes 接口。

problem-headers-too-large-title = 请求头过大
problem-headers-too-large-detail = 请求头字段超过允许的大小。
problem-headers-too-large-help = 请减少或缩短请求头字段。

problem-internal-title = 服务内部错误
problem-internal-detail = 服务出现内部错误，已记录。
problem-internal-help = 请稍后重试；如持续出现，请将 request_id 告知管理员。

problem-unavailable-title = 服务暂不可用
problem-unavailable-detail = 服务暂时无法处理请求。
problem-unavailable-help = 请按 Retry-After 等待后重试。

problem-not-ready-title = 服务未就绪
problem-not-ready-detail = 请勿向本进程发送请求；原因见 checks 与 draining。
problem-not-ready-help = 负载均衡应将请求转往别处。数据库结构落后的，请执行迁移；数据库不可用的，请检查数据库；正在退出的进程即将结束。

fault-required = 此项必填。
fault-unknown-field = 没有名为“{ $name }”的成员。
    .plain = 没有该成员。
fault-read-only-field = 此项由服务生成，不可填写。
fault-wrong-type = 类型有误，应为 { $expected }。
    .plain = 数据类型有误。
fault-not-in-list = “{ $value }”不在允许范围内，可用值：{ CODES($allowed, $list) }。
    .plain = 取值不在允许范围内。
fault-too-long = 长度不得超过 { $limit } 个字符。
    .plain = 内容过长。
fault-nothing-to-search = 只有空格与标点，没有可检索的文字或数字。
fault-too-many-cells = 分组共 { $count } 格，超过 { $limit } 格；请减少维度或加筛选条件。
    .plain = 分组过多；请减少维度或加筛选条件。
fault-too-short = 长度不得少于 { $limit } 个字符。
    .plain = 内容过短。
fault-pattern = 格式不符合要求。
fault-not-together = 不可与 { $other } 同时使用。
    .plain = 两个参数不可同时使用。
fault-too-many-items = 不得超过 { $limit } 项。
    .plain = 项数过多。
fault-too-few-items = 不得少于 { $limit } 项。
    .plain = 项数不足。
fault-minimum = 不得小于 { $limit }。
    .plain = 数值过小。
fault-maximum = 不得大于 { $limit }。
    .plain = 数值过大。
fault-duplicate-items = 列表中有重复项。
fault-format = 格式有误，应形如 { $expected }。
    .plain = 格式有误。
fault-not-decimal = 须为十进制数字符串，例如 "1200.00"。
fault-invalid-value = 取值有误。
fault-null-not-allowed = 此项不得为 null。
fault-duplicate-key = 成员名重复。
fault-too-deep = 嵌套层数不得超过 { $limit }。
    .plain = 嵌套层数过多。
fault-invalid-utf8 = 不是有效的 UTF-8 文本。
fault-nul-character = 不得含有空字符（U+0000）。
fault-lone-surrogate = 含有不成对的 Unicode 代理项。
fault-number-out-of-range = 数值超出可表示的范围。
fault-syntax = 不符合 JSON 语法。
fault-client-name = 须为 2 至 63 个字符，只含 a-z、0-9 和 -，以字母或数字开头。
fault-client-disabled = 该客户端已停用。
fault-unknown-scope = 不存在权限范围 { $value }。
    .plain = 不存在该权限范围。
fault-scope-not-granted = 该客户端仅有权限范围 { $scopes }。
    .plain = 该客户端没有此权限范围。
fault-secret-length = 密钥不得少于 { $min } 个字符，不得超过 { $max } 字节。
    .plain = 密钥过短或过长。
fault-secret-characters = 密钥只能包含可见 ASCII 字符。
fault-unknown-province = 须为 500000（重庆市）或 510000（四川省）。
fault-unknown-organization = 没有这条单位记录。
fault-no-organization-yet = 登记簿中还没有单位。请先添加一个主管部门客户端（不带 --org，用 --province 指定省市，--scopes 含 records:write 和 records:publish），由其登记单位；再添加本客户端，并用 `client set-organization` 绑定主管部门自身的单位。
fault-confirms-without-agency = 该单位不是主管部门：请先将其标为主管部门（`agency add`），或以 --for-province 明确授权该客户端代表本省市确认。
fault-other-province-than-org = 该单位属于另一省市。

# kinds
fault-after-other-date = 不得晚于“{ $other }”；基期须早于它。
    .plain = 不得晚于另一日期。
fault-before-other-date = 该日期早于“{ LABEL($other, "members") }”。
    .plain = 该日期早于应在其前的日期。
fault-budget-exceeded = 各项经费合计 { $sum } 元，超过总经费 { $total } 元。
    .plain = 各项经费合计超过总经费。
fault-budget-sum-differs = 各项经费均已填写，合计 { $sum } 元，与总经费 { $total } 元不等。
    .plain = 各项经费均已填写，合计与总经费不等。
fault-completed-without-pass = 结题项目的验收结果须为通过。
fault-contract-repeated = 该合同编号已在另一项转化中。
fault-decommissioned-but-not-retired = 仪器已退网或报废，生命周期却不是“退网/报废”。
fault-either-or = 此项与“{ LABEL($other, "members") }”只能填写一项。
    .plain = 此项与另一项只能填写一项。
fault-ended-but-active = 单位已终止，生命周期却未作相应更改。
fault-expected-here = 此项按进度应已具备，可以后补填。
fault-extension-shortens = 此次延期后的结束日期早于上一次（见 { $other }），请核对。
    .plain = 此次延期后的结束日期早于上一次，请核对。
fault-identifier-taken = “{ $value }”已登记于其他记录。
    .plain = 该标识已登记于其他记录。
fault-in-the-future = 已发生的事项，日期不能在将来。
fault-issuer-of-other-side = 一方的文件不得有对方省市的发文机关；两地共同印发的，类别请填“川渝联合”（joint）。
fault-kind-not-counted = 总览不统计“{ $value }”。
    .plain = 总览不统计该种类。
fault-last-day-passed = 截止日期或有效期已过，与生命周期不符（见“{ LABEL($other, "members") }”）。
    .plain = 截止日期或有效期已过，与生命周期不符。
fault-last-day-to-come = 截止日期或有效期未过，不能为过期（见“{ LABEL($other, "members") }”）。
    .plain = 截止日期或有效期未过，不能为过期。
fault-lead-missing = 至少需要一家现任牵头单位。
fault-lifecycle-behind-date = 按所填日期，生命周期应已变更，请核对。
fault-many-co-building-units = 共建单位有 { $count } 家，一般不超过 6 家。
    .plain = 共建单位较多，一般不超过 6 家。
fault-missing-counterparty = 缺少{ LABEL($province, "divisions") }的现任参与单位。
    .plain = 两省市各须至少一家现任参与单位。
fault-name-of-another = { $ref } 的名称正是如此，不能认可为其他单位的写法。
    .plain = 另一单位的名称正是如此，不能认可为本单位的写法。
fault-namesake = { $ref } 的名称或编号与此相同，可能是同一对象。
    .plain = 已有名称或编号相同的记录。
fault-namesake-waiting = { $ask ->
        [sichuan] 四川省正在登记名称或编号相同的对象，提交前请先与之核对。
       *[chongqing] 重庆市正在登记名称或编号相同的对象，提交前请先与之核对。
    }
    .plain = 另一方正在登记名称或编号相同的对象。
fault-not-a-legal-person = 担任此角色的单位须为独立法人。
fault-not-customs-supervised = 填写了海关监管信息，但仪器不受海关监管。
fault-not-first-day = 精度为年或月时，日期须填该年或该月的首日。
fault-not-of-this-kind = 此类记录的参与单位不填“{ LABEL($member, "members") }”。
    .plain = 此类记录的参与单位不填此项。
fault-not-positive = 金额须大于零。
fault-not-shared-but-open = 不共享的仪器不能处于开放状态。
fault-one-lead-per-province = { LABEL($province, "divisions") }须有且仅有一家现任牵头单位，现有 { $count } 家。
    .plain = 两省市各须有且仅有一家现任牵头单位。
fault-own-issuer-missing = 至少需要一家{ LABEL($province, "divisions") }的发文机关。
    .plain = 至少需要一家本方的发文机关。
fault-parent-missing = 非独立法人应填写依托或上级单位。
fault-party-in-two-provinces = 一家单位只能代表一个省市。
fault-party-outside-scope = 范围不涉及{ LABEL($province, "divisions") }，不得有该方的责任单位。
    .plain = 范围不涉及该省市，不得有该方的责任单位。
fault-party-repeated = 该单位在同一时期已担任同一角色。
fault-period-or-day = 期间与截至日期填写且只填写一项。
fault-place-missing = 至少填写一个适用的行政区划或功能区。
fault-price-repeated = 该用户类型和计价单位已有价目。
fault-received-above-amount = 到账金额超过合同金额，请核对。
fault-required-here = 此处必填（{ WHEN($because) }）。
    .plain = 此处必填。
fault-role-not-here = 此类记录没有“{ LABEL($role, "party-roles") }”这一角色，可用：{ CODES($allowed, "party-roles") }。
    .plain = 此类记录没有这一角色。
fault-scope-outside = 范围应涉及重庆市或四川省。
fault-shares-exceed-budget = 各单位份额合计 { $sum } 元，超过总经费 { $total } 元。
    .plain = 各单位份额合计超过总经费。
fault-side-leaves = 自 { $day } 起没有{ LABEL($province, "divisions") }的参与单位，请及时补充。
    .plain = 一方的参与单位均已或即将退出，请及时补充。
fault-source-missing = 政策文件与来源至少填写一项。
fault-steps-out-of-order = 该步骤的日期早于“{ LABEL($other, "members") }”，请核对。
    .plain = 该步骤的日期早于前一步骤，请核对。
fault-target-repeated = 该指标和单位已有目标值。
fault-transferred-to-itself = 转出单位与受让单位不能相同。
fault-two-organizations-needed = 联合项目至少需要两家不同单位。
fault-kept-in-use = 有 { $count } 条记录引用本记录并以此为据，不能更改。
    .plain = 有其他记录引用本记录并以此为据，不能更改。
fault-unit-of-indicator = 单位应与指标一致：{ LABEL($unit, "quantity-units") }。
    .plain = 单位应与指标一致。
fault-unit-of-other-type = 单位与数值类型“{ LABEL($value_type, "indicator-value-types") }”不符。
    .plain = 单位与数值类型不符。
fault-unit-repeated = 该单位已在完成单位之列。
fault-uscc-inner-check = 统一社会信用代码第 9 至 17 位不符合 GB 11714 校验，请核对。
fault-uscc-missing = 中国内地的独立法人应有统一社会信用代码。
fault-wrong-query = 查询“{ $name }”不符合 Reconciliation Service API：应为对象，其中 query 为文本、limit 为数字、properties 为数组。
    .plain = 该查询不符合 Reconciliation Service API。

# records
fault-reference-not-found = 没有编号或标识为 { $ref } 的{ LABEL($kind, "kinds") }记录，或您无权查看。
    .plain = 没有所引用的记录，或您无权查看。
fault-reference-mismatch = id 与 code 不是同一条记录；该 id 的编号为 { $code }。
    .plain = id 与 code 不是同一条记录。
fault-reference-ended = { $ref } 已终止，新记录不能再引用它。
    .plain = 所引用的记录已终止，新记录不能再引用它。
fault-reference-merged = { $ref } 系重复登记，已并入 { $successor }，请改为引用后者。
    .plain = 所引用的记录系重复登记，已并入其他记录，请改为引用后者。
fault-reference-empty = 引用须给出 id 或 code。
fault-reference-not-published = 所引用的记录尚未生效；请先使其生效。
fault-reference-to-itself = 记录不能引用自身。
fault-reference-chain-too-long = 该引用所及的链条超过 { $most } 条记录，过长而无法确认是否形成循环。
    .plain = 该引用所及的记录链条过长，无法确认是否形成循环。
fault-reference-loop = 如此引用会形成循环：本记录 → { $path } → 本记录。
    .plain = 如此引用会回到本记录，形成循环。
fault-illegal-lifecycle-step = 生命周期不能由“{ LABEL($from, $list) }”变为“{ LABEL($to, $list) }”；可变为：{ CODES($legal, $list) }。
    .plain = 生命周期不能这样变更。
fault-invalid-code = 编号或标识有误：{ $value }。
    .plain = 编号或标识有误。
fault-not-in-query = 所证明的统计条件中不得含位置与格式；as_of_seq 须作为单独的参数给出。
fault-owner-not-signed = 统计证明不得据以推知需求单位：单位可能要求不公开，而证明文件永久保存。
fault-moment-to-come = 该时刻尚未到来，只能查询已过去的时刻。
fault-date-time = 须为 RFC 3339 时间，例如 2026-03-01T00:00:00Z；网址中的 + 须写作 %2B。
fault-party-province = 该单位注册地或所在地属于{ LABEL($provinces, "divisions") }，与所填省市不符。
    .plain = 该单位的注册地和所在地都不在所填省市。
fault-any-revision = `*` 不指明修订，无法发现他人其间所作的修改；请填写所读修订的标签，现为 { $tag }。
    .plain = `*` 不指明修订，无法发现他人其间所作的修改；请填写所读修订的标签。
fault-signatory-of-other-province = { LABEL($province, "divisions") }的确认须由该省市的单位签署。
    .plain = 确认须由本省市的单位签署。
fault-no-contact = { LABEL($kind, "kinds") }记录没有联系信息。
    .plain = 此类记录没有联系信息。
fault-nothing-changes = 申请的内容与现行内容相同。
fault-acts-at-once = 所涉内容不须省市确认；请直接以 PATCH 或 restorations 修改。
fault-succession-of-withdrawn = 只有撤销已生效的记录时才能指明取代者。
fault-not-official-now = { $ref } 现为“{ LABEL($state, "record-states") }”，不是生效的记录。
    .plain = 该记录现不是生效的记录。
fault-not-open-now = { $ref } 的生命周期现为“{ LABEL($lifecycle, $list) }”，不接受对接。
    .plain = 该记录现不接受对接。
fault-one-owner = 需求与供给属于同一单位，无须对接。
fault-not-your-side = 您的客户端不能以此身份提出：须为该方单位的客户端，或其省市具有 records:publish 的客户端；牵线人不能是任一方的单位。
fault-side-needed = 您的客户端可以代表双方；请说明代表哪一方。
fault-recall-of-others = 只有提出方可以撤回，且只能在双方同意之前。
fault-only-recall = 您的客户端不代表任一方，只能以 recalled 撤回自己提出的对接。
fault-not-for-this-step = 转为“{ LABEL($to, "introduction-states") }”时不填此项。
    .plain = 办理此步时不填此项。
fault-one-successor = superseded_by 与 merged_into 只能填写一项。
fault-merge-across-provinces = 只能并入由同一方保管的记录。
fault-follows-this-one = { $ref } 的 { $field } 表明两条记录一前一后，并非同一对象，不能由其取代本记录。
    .plain = 两条记录一前一后，不能由其取代本记录。
fault-cosigned-field =
    { $word ->
        [chongqing] “{ LABEL($field, "members") }”的变更须经重庆市确认，请提出变更申请。
        [sichuan] “{ LABEL($field, "members") }”的变更须经四川省确认，请提出变更申请。
       *[both] “{ LABEL($field, "members") }”的变更须经重庆市和四川省共同确认，请提出变更申请。
    }
    .plain = 此项的变更须经确认，请提出变更申请。
fault-settled-when-official = 首次生效后，不得改为由另一方或双方确认的类别。

# 命令行。
cli-failed = { $what }
    .plain = 操作失败。
cli-guess = 是否指 { $guess }？
    .plain = 请核对拼写。
cli-not-found-clients = 没有名为 { $ref } 的客户端；可用 `client list` 查看全部名称。
    .plain = 没有该客户端；可用 `client list` 查看全部名称。
cli-not-found-organizations = 登记簿中没有单位 { $ref }。
    .plain = 登记簿中没有该单位。
cli-already-exists-clients = 客户端 { $key } 已存在或曾经存在；名称不重复使用。
    .plain = 该客户端已存在或曾经存在；名称不重复使用。
cli-listening = 监听地址     { $address }
    .plain = 正在监听
cli-swagger = 接口文档     { $address }
    .plain = 接口文档
cli-database = 数据库       { $database }
    .plain = 数据库
cli-demo-client = 演示客户端   { $name } 密钥 { $secret }   { $about }
    .plain = 演示客户端
cli-applied = 已执行 { $name }
    .plain = 已执行
cli-pending = 待执行 { $name }
    .plain = 待执行
cli-reverted = 已回退 { $name }
    .plain = 已回退
cli-schema-current = 数据库结构已是最新。
cli-schema-behind = 共 { $total } 项迁移，其中 { $pending } 项尚未执行。
    .plain = 有迁移尚未执行。
cli-no-database = 没有数据库 { $place }：请核对当前目录和 `database_url`；新建请用 `serve` 或 `migrate`
    .plain = 没有该数据库
cli-nothing-in-database = { $place } 中没有任何数据：请核对 `database_url`；初始化请用 `serve` 或 `migrate`
    .plain = 数据库中没有任何数据
cli-not-empty = 数据库不为空；演示数据只能载入空数据库。
cli-no-proof-keys = { $place }：没有密钥；请用 --keys 指定 /.well-known/proof-keys.json 的副本
    .plain = 没有密钥；请用 --keys 指定 /.well-known/proof-keys.json 的副本
cli-proof-from = { $verified }，密钥来自 { $place }
    .plain = 证明有效。
cli-proof-broken = { $file }：证明无效
    .plain = 证明无效
cli-away = { $address } 没有应答：{ $why }
    .plain = 服务没有应答。
cli-unwell = { $address } 返回 { $answer }
    .plain = 服务状态异常。
cli-settings = 设置有误，无法启动
cli-client-disabled = { $name }：已停用；其令牌将在一分钟内失效
    .plain = 已停用
cli-client-enabled = { $name }：已启用
    .plain = 已启用
cli-client-deleted = { $name }：已永久删除；其令牌将在一分钟内失效，历史记录和审计日志保留其名称
    .plain = 已永久删除
cli-agency-marked = { $code } { $name }：已标记为主管部门
    .plain = 已标记为主管部门
cli-agency-unmarked = { $code } { $name }：不再是主管部门；仍可确认的客户端见 `check`
    .plain = 不再是主管部门
cli-client-bound = { $name }：代表单位 { $org }；新令牌起生效
    .plain = 已绑定
cli-secret-given = （由您提供）
cli-secret-ends = 旧密钥失效时间：{ $at }
    .plain = 旧密钥即将失效
cli-key-made = { $kid }：已生成，{ $start } 起用于签名
    .plain = 已生成
cli-key-coming = { $kid }：此前已生成，{ $start } 起用于签名
    .plain = 此前已生成
cli-key-removed = { $kid }：已移除
    .plain = 已移除
cli-key-stolen = 旧密钥仍可用于验签；如已泄露，请删除 { $folder } 中的相应文件
    .plain = 旧密钥仍可用于验签；如已泄露，请删除相应文件
cli-key-unaudited = { $done }
    未记入审计日志：{ $why }
    .plain = 未记入审计日志
cli-audit-empty = 审计日志为空：尚无任何事件，无需核验，也没有可供记录的末端值。
cli-audit-verified = 核验通过：{ $events } 个事件，{ $revisions } 次修订
    .plain = 核验通过
cli-audit-uncovered = 未覆盖：审计日志启用之前的 { $revisions } 次修订
    .plain = 部分修订早于审计日志
cli-audit-head = 末端值：{ $head }
    .plain = 末端值

# Breaks of the log, tables, keys and proofs on the command line.
cli-break-missing = 缺失：第 { $first } 至第 { $last } 个事件不存在
    .plain = 缺失：部分事件不存在
cli-break-altered = 被改动：第 { $seq } 个事件与封存时不符，其 hash 已不同
    .plain = 被改动：某一事件与封存时不符
cli-break-unlinked = 被插入：第 { $seq } 个事件与前一事件不相衔接，两者之一系替换而来
    .plain = 被插入：某一事件与前一事件不相衔接
cli-break-unreadable = 被改动：第 { $seq } 个事件含有事件中不可能有的内容
    .plain = 被改动：某一事件含有事件中不可能有的内容
cli-break-cut = 缺失：日志止于第 { $last } 个事件，而末端值为 { $head }
    .plain = 缺失：日志未达其末端
cli-break-beyond = 被插入：第 { $seq } 个事件位于日志末端之后，末端值为 { $head }
    .plain = 被插入：有事件位于日志末端之后
cli-break-head = 被改动：日志末端的 hash 与最后一个事件（第 { $seq } 个）不同
    .plain = 被改动：日志末端的 hash 与最后一个事件不同
cli-break-no-head = 缺失：日志没有末端值
cli-break-rewritten = 被重写：第 { $seq } 个事件的 hash 为 { $found }，而所记录的是 { $noted }
    .plain = 被重写：某一事件的 hash 与所记录的不同
cli-break-forgotten = 缺失：曾记录第 { $noted } 个事件，而日志止于第 { $last } 个
    .plain = 缺失：曾记录的事件不存在
cli-break-revision-without-event = 记录 { $record } 的第 { $number } 次修订没有对应事件：该修订系插入，或其事件缺失
    .plain = 某一修订没有对应事件
cli-break-event-without-revision = 第 { $seq } 个事件所述记录 { $record } 的第 { $number } 次修订不存在
    .plain = 某一事件所述的修订不存在
cli-break-differs = 被改动：记录 { $record } 的第 { $number } 次修订与第 { $seq } 个事件所述不符
    .plain = 被改动：某一修订与其事件所述不符
cli-head-name = 名称
cli-head-province = 省市
cli-head-organization = 单位
cli-head-state = 状态
cli-head-scopes = 权限
cli-head-since = 标记时间
cli-head-kid = 密钥标识
cli-head-signs-from = 签名起始
cli-state-enabled = 启用
cli-state-disabled = 停用
cli-state-signing = 签名中
cli-state-coming = 待启用
cli-state-verifying = 仅验签
cli-no-key = { $folder } 中没有密钥：请核对 `keys_dir`；首个密钥由 `serve` 生成
    .plain = 没有密钥
cli-key-folder-of-other = { $folder } 属于编号为 { $uid } 的用户；请以该用户身份运行此命令
    .plain = 文件夹属于另一用户
cli-key-file-name = { $file }：密钥文件应命名为 <start>-<kid>.pem，其中 start 形如 20260102T030405000Z
    .plain = 密钥文件应命名为 <start>-<kid>.pem
cli-key-not-rsa = 不是 RSA 密钥
cli-key-too-short = RSA 密钥不足 2048 位
cli-too-many-keys = 密钥过多；请稍候，或删除旧密钥
cli-key-folder-empty = 密钥文件夹中没有密钥
cli-key-not-thumbprint = 密钥 { $kid }：其 kid 不是 RSA 密钥的 RFC 7638 指纹
    .plain = kid 不是 RSA 密钥的 RFC 7638 指纹
cli-proof-format = 其格式为 `{ $format }`；本程序只识别 `{ $known }`
    .plain = 格式无法识别
cli-proof-not-whole = 所签内容不是完整的证明：{ $why }
    .plain = 所签内容不是完整的证明
cli-proof-no-object = 文件不是成员不重复的单一 JSON 对象：{ $why }
    .plain = 文件不是成员不重复的单一 JSON 对象
cli-proof-no-jws = 文件没有签名：成员 `jws` 缺失或不是文本
cli-proof-jws-shape = `jws` 不是本服务的签名：{ $why }
    .plain = `jws` 不是本服务的签名
cli-proof-jws-type = `jws` 是其他内容的签名：其类型不是 { $type }
    .plain = `jws` 是其他内容的签名
cli-proof-unknown-key = 所用密钥 { $kid } 不在密钥集中
    .plain = 所用密钥不在密钥集中
cli-proof-unusable-key = 密钥 { $kid } 无法使用：{ $why }
    .plain = 密钥无法使用
cli-proof-jws-broken = 签名无效：`jws` 被改动，或不是用密钥 { $kid } 签署的
    .plain = 签名无效
cli-proof-signed-no-object = 所签内容不是 JSON 对象
cli-proof-signed-not-canonical = 所签内容不是规范化 JSON（RFC 8785）
cli-proof-member-gone = 成员 { $pointer } 被删去：它在签名范围内
    .plain = 有签名范围内的成员被删去
cli-proof-member-added = 成员 { $pointer } 系后加：它不在签名范围内
    .plain = 有签名范围外的成员被加入
cli-proof-member-changed = 成员 { $pointer } 被改动：与所签不符
    .plain = 有成员被改动
cli-proof-more = 另有 { $number } 处
    .plain = 另有多处
cli-proof-other-digest = 内容的指纹为 { $found }，不是 { $digest }
    .plain = 内容的指纹不同
cli-proof-other-position = 统计结果属变更流第 { $found } 位，不是第 { $position } 位
    .plain = 统计结果属另一位置
cli-proof-other-figures = 统计结果的指纹为 { $found }，不是 { $digest }
    .plain = 统计结果的指纹不同
cli-proof-other-view = 统计结果不是对所有人公开者，而属视图 `{ $view }`
    .plain = 统计结果属另一视图
cli-proof-content-not-canonical = 内容不是规范化 JSON（RFC 8785）
cli-proof-unsigned-member = 内容含有成员 `{ $name }`，该成员不由两省市共签
    .plain = 内容含有不由两省市共签的成员
cli-proof-not-official = 记录在第 { $revision } 次修订时为“{ LABEL($state, "record-states") }”，并未生效
    .plain = 记录并未生效
cli-proof-strange-provinces = 所列省市 { $provinces } 不是本登记的管理方
    .plain = 所列省市不是本登记的管理方
cli-proof-word-of-other-content = { LABEL($province, "divisions") }所确认的是另一指纹：{ $digest }
    .plain = 所确认的是另一指纹
cli-proof-no-yes = { LABEL($province, "divisions") }的决定为 `{ $decision }`
    .plain = 有省市未予确认
cli-proof-not-confirmed-once = { LABEL($province, "divisions") }的确认不是恰好一次
    .plain = 有省市的确认不是恰好一次
cli-proof-holds = 证明有效。
cli-proof-record = 记录       { $code }（{ LABEL($kind, "kinds") }，{ $id }），第 { $revision } 次修订，{ LABEL($state, "record-states") }
    .plain = 记录
cli-proof-content = 内容       规范化 JSON，共 { $bytes } 字节；不含：{ $unsigned }
    .plain = 内容
cli-proof-nothing = 无
cli-proof-digest = 指纹       { $digest }，据内容重新计算
    .plain = 指纹
cli-proof-figures = 统计       { LABEL($kind, "kinds") }，条件 { $query }
    .plain = 统计
cli-proof-position = 位置       变更流第 { $position } 位，{ $at }
    .plain = 位置
cli-proof-figures-digest = 指纹       { $digest }，据统计结果重新计算
    .plain = 指纹
cli-proof-confirmed = 确认       { $place }，{ $at }：{ $who }{ $office }，请求 { $request }
    .plain = 确认
cli-proof-official = 生效       自第 { $revision } 次修订（{ $action }）起，{ $at }：{ $who }，请求 { $request }
    .plain = 生效
cli-proof-published = { "           " }未经确认：单方记录，由其所属省市直接发布
cli-proof-standing = 现状       出具证明时：第 { $revision } 次修订，{ LABEL($state, "record-states") }，{ $same }
    .plain = 现状
cli-proof-same-content = 内容相同
cli-proof-another-content = 内容已不同！
cli-proof-signed = 签发       { $issuer }，{ $at }
    .plain = 签发
cli-proof-key = 密钥       { $kid }{ $from }{ $until }
    .plain = 密钥
cli-proof-key-from = ，启用于 { $at }
    .plain = ，已启用
cli-proof-key-until = ，停用于 { $at }
    .plain = ，已停用
cli-proof-office = ，署名 { $zh }（{ $id }）
    .plain = ，已署名
cli-proof-stated-office = ，自称“{ $zh }”（客户端自报，未经核对）
    .plain = ，署名系客户端自报
cli-proof-client = 客户端 { $client }
    .plain = 某客户端
cli-proof-organization = { $name }（客户端 { $client }）
    .plain = 某单位
cli-proof-place = { LABEL($province, "divisions") }（{ $province }）
    .plain = 某省市

# chuanyu check：check-<name> 为标题，finding-<code> 为所发现的一项
check-nothing = 没有违反现行规则之处。
check-confirmers = 可以确认、但所属单位不是主管部门的客户端
check-waiting = 等待某一省市确认、而该省市没有客户端可以确认的事项
check-found = 有 { $count } 处违反现行规则。
    .plain = 有若干处违反现行规则。
check-rules = 下列已生效记录的内容不符合现行规则。这些记录保持不变，请以变更改正。
finding-breaks-a-rule = { $place }：{ $said }
    .plain = 其内容不符合现行规则。
finding-confirms-without-agency = 可以确认，但其所属单位不是主管部门。请将该单位标为主管部门（`agency add`），或明确授权（`client set-organization … --for-province`），或停用该客户端。
finding-nobody-to-confirm = 等待{ LABEL($province, "divisions") }确认（{ $request }），但该省市可以确认的客户端均参与了编写，或属于记录所属单位。请为主管部门登记另一客户端。
    .plain = 等待某一省市确认，但该省市没有客户端可以确认。
finding-no-confirming-client = 等待{ LABEL($province, "divisions") }确认（{ $request }），但该省市没有任何具有确认权限的客户端。请为主管部门登记具有 records:confirm 权限的客户端，或启用其已停用的客户端。
    .plain = 等待某一省市确认，但该省市没有任何具有确认权限的客户端。
check-duplicates = 因并入而与其他记录标识重复的记录。
finding-identifier-twice = 其 { $scheme }“{ $value }”与 { $other } 重复。请将其中一条撤销、并入另一条，或更正标识。
    .plain = 与其他记录标识重复。
check-provinces = 单位迁往另一省市后仍留在原省市的记录与客户端。
finding-kept-elsewhere = 其所属单位现属{ LABEL($province, "divisions") }。请由该单位的客户端更新该记录，或经两省市确认变更其所属单位，使其随之迁入。
    .plain = 其所属单位现属另一省市。
finding-acts-elsewhere = 代表{ LABEL($province, "divisions") }，但其所属单位 { $organization } 现属{ LABEL($seat, "divisions") }。请在该地重新登记，或予以停用。
    .plain = 所代表的省市与其所属单位不一致。

# chuanyu redact-contact
redact-nothing = { $code }：历史中没有联系信息。
    .plain = 历史中没有联系信息。
redact-done = { $code }：已从 { $contents } 份内容、{ $requests } 件变更申请和 { $answers } 份保留的答复中删除联系信息；记录现为第 { $revision } 次修订，副本将随变更流更新。备份中仍有被删除的信息。
    .plain = 联系信息已删除。

check-introductions = 并入之后须处理的对接，以及与历史不符的对接
finding-introduced-twice = 与 { $other } 是同一需求与同一供给之间未了结的对接（因记录并入）。请谢绝其中一次。
    .plain = 同一需求与同一供给之间有两次未了结的对接。
finding-introduced-to-itself = 需求与供给属于同一单位 { $organization }。请谢绝此次对接。
    .plain = 需求与供给属于同一单位。
finding-step-missing = 其状态或修订号与最后一步历史不符。请勿直接改动数据库，并从备份核对。
check-loops = 引用形成循环的记录
finding-loop = “{ LABEL($field, "members") }”形成循环：{ $path }。请删除其中一处引用。
    .plain = 引用形成循环，请删除其中一处。

# chuanyu jobs 及作业失败的原因
job-workers-died = 处理它的进程连续 { $attempts } 次中止，最后一次在 { $row } 处：原因见该进程的日志。消除原因后，“chuanyu jobs retry”从该处继续。
    .plain = 处理它的进程一再中止。
job-failed = 第 { $attempts } 次尝试在 { $row } 处失败：{ $why }
    .plain = 该次尝试失败。
cli-not-found-jobs = 没有作业 { $ref }；“jobs list --all”列出全部作业。
    .plain = 没有该作业。
cli-job-none = 没有这样的作业。
cli-job-state-waiting = 等待中
cli-job-state-running = 进行中
cli-job-state-done = 已完成
cli-job-state-failed = 失败
cli-job-state-cancelled = 已取消
cli-job-cancelled = { $name } { $id }：已取消；已完成的部分保留
    .plain = 已取消
cli-job-cancelling = { $name } { $id }：将在当前批次之后结束；已完成的部分保留
    .plain = 将在当前批次之后结束。
cli-job-not-cancelled = { $name } { $id } 早已结束：{ $state }
    .plain = 早已结束。
cli-job-retried = { $name } { $id }：从结束处继续
    .plain = 从结束处继续。
cli-job-skipped = { $name } { $id }：跳过 { $row } 继续，该处保持原样
    .plain = 作业跳过该处继续，该处保持原样。
cli-job-not-skipped = { $name } { $id } 不能跳过（{ $state }）：只有在某处失败、且没有其他同类作业在进行的作业才能跳过
    .plain = 只有在某处失败、且没有其他同类作业在进行的作业才能跳过该处。
cli-job-not-retried = { $name } { $id } 不能继续（{ $state }）：只有失败或已取消、且没有其他同类作业在进行的作业才能继续
    .plain = 不能继续。
cli-restored = 已登记第 { $number } 次恢复；仍然有效的最后位置是 { $position }。此后实体标签以“.r{ $number }”结尾。
    .plain = 已登记本次恢复。
cli-rebuilt = 已重建 { $done } 条记录的表与答复。
    .plain = 表与答复已重建。
cli-not-rebuilt = 作业 { $id } 在 { $done } 条记录之后结束；详见“jobs show”。
    .plain = 作业提前结束。
cli-head-id = 标识
cli-head-job = 作业
cli-head-progress = 进度
cli-head-created = 创建时间
cli-head-attempts = 尝试次数
cli-head-row = 所在记录
cli-head-client = 客户端
cli-head-worker = 处理者
cli-head-leased-until = 租约至
cli-head-started = 开始时间
cli-head-finished = 结束时间
cli-head-input = 输入
cli-head-reason = 原因
