# 中文句子:problem-<code>-title、problem-<code>-detail、fault-<code>
