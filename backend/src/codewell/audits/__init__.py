"""Clinical coding audits: programme, draws, blind recoding, findings, replies, accuracy, actions."""
