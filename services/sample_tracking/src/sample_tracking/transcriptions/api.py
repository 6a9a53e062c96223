"""HTTP words for transcriptions."""

from runtime.bodies import Reason
from sample_tracking.transcriptions import commands, queries
from sample_tracking.transcriptions.model import TYPISTS, Transcription
from sample_tracking.transcriptions.schemas import KeyCertificate, TranscriptionRead, TypeAgain
from serving.actions import Actions

transcriptions = Actions("transcriptions", Transcription, TranscriptionRead, queries.show)
transcriptions.create(commands.key, KeyCertificate, *TYPISTS)
transcriptions.post("verification", Transcription.verify, TypeAgain, commands.verify)
transcriptions.post("retyping", Transcription.retype, TypeAgain, commands.retype)
transcriptions.post("withdrawal", Transcription.withdraw, Reason)
transcriptions.get()
transcriptions.list(queries.FILTERS, "Certificates on paper as they are typed, newest first.")
