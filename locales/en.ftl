# English sentences: problem-<code>-title, problem-<code>-detail, fault-<code>
