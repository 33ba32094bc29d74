internal import Diagnostics
internal import Export
internal import Reports

/// `legend`: writes the legend of hot files' maps, for one file or for none in particular.
///
/// - Parameters:
///   - path: A hot or map file whose statement goes below the classes; `nil` for none.
///   - outPath: Ends in `.html` or `.htm` for a page, else an SVG; `-` is standard output.
/// - Throws: `Problem` for a file without a statement beside it.
public func writeLegend(of path: String?, to outPath: String) throws {
  var legend = MapLegend()
  if let path {
    guard let statement = try MapStatement.read(beside: path) else {
      throw Problem(
        "there is no \(MapStatement.path(beside: path))",
        remedy: "make the file again with detect or export, or leave out --of")
    }
    legend.statement = [statement.text]
  }
  let isPage = outPath.lowercased().hasSuffix(".html") || outPath.lowercased().hasSuffix(".htm")
  var file = try OutputFile(path: outPath)
  try file.write(isPage ? legend.html : legend.svg)
  try file.commit()
}
