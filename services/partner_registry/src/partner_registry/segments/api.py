"""HTTP words for partners' segments."""

from partner_registry.segments import commands, queries
from partner_registry.segments.model import DECIDERS, Segmentation
from partner_registry.segments.schemas import ProposeSegment, SegmentationRead
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

segmentations = Actions("segmentations", Segmentation, SegmentationRead, queries.show, readers=READERS & SPONSORS)
segmentations.create(commands.propose, ProposeSegment, *DECIDERS)
segmentations.post("confirmation", Segmentation.confirm, command=commands.confirm)
segmentations.post("rejection", Segmentation.reject, Reason)
segmentations.get()
segmentations.list(queries.FILTERS)
