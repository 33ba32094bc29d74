internal import Diagnostics
internal import Ingest
internal import Readings
internal import Store

/// Readings of fixed stations become station-hours, those of moving monitors cell-hours.
func readingParts(
  _ request: IngestRequest, sha256: String, workspace: Workspace, region: WorkspaceRegion
) throws -> IngestParts {
  throw Problem("readings cannot be read yet", remedy: "wait for the readings reader")
}

func fieldParts(_ request: IngestRequest, region: WorkspaceRegion) throws -> IngestParts {
  throw Problem("rasters and swaths cannot be read yet", remedy: "wait for the raster reader")
}
