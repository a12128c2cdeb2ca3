"""Which record makes which kind of document."""

from collections.abc import Mapping

from workflow.records.acceptance import AcceptanceRecord
from workflow.records.contacts import ContactLog
from workflow.records.kpi_review import KpiReview
from workflow.records.notice import Notice
from workflow.records.record import Record
from workflow.records.request import RequestLetter
from workflow.records.sealing import SealRequest

KINDS: Mapping[str, type[Record]] = {
    record.kind_of_document: record
    for record in (RequestLetter, Notice, KpiReview, ContactLog, AcceptanceRecord, SealRequest)
}
