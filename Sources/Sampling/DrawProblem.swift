public import Diagnostics

/// Why a frame cannot be drawn from.
public enum DrawProblem: Diagnosable, Equatable {
  case emptyFrame
  case emptyID
  case repeatedID(String)
  case score(id: String, Double)
  case minimumProbability(id: String, Double)
  case floor(Double)
  case size(Int, units: Int)
  case emptySeed
  case floorsExceedSize(sum: Double, size: Int)
  case noScoreLeft(id: String, places: Double)
  case probabilityZero(id: String, score: Double)

  public var problem: String {
    switch self {
    case .emptyFrame: "the frame has no units"
    case .emptyID: "a unit of the frame has an empty id"
    case .repeatedID(let id): "id \"\(id)\" is in the frame more than once"
    case .score(let id, let score): "the score of \"\(id)\" is \(score), not a number from 0 to 1e290"
    case .minimumProbability(let id, let value): "min_probability of \"\(id)\" is \(value), not between 0 and 1"
    case .floor(let floor): "the floor is \(floor), not between 0 and 1"
    case .size(let size, let units): "cannot draw \(size) of \(units) units"
    case .emptySeed: "the seed is empty"
    case .floorsExceedSize(let sum, let size):
      "the minimum probabilities add up to \(sum), more than the \(size) units to be drawn"
    case .noScoreLeft(let id, let places):
      "\(places) places are left over for units whose score is 0, such as \"\(id)\""
    case .probabilityZero(let id, let score): "\"\(id)\" with score \(score) could never be drawn"
    }
  }

  public var remedy: String {
    switch self {
    case .emptyFrame: "write one line a unit: id,score"
    case .emptyID, .repeatedID: "give every unit one id of its own; ids are compared byte by byte"
    case .score: "give every unit a finite score that is not negative"
    case .minimumProbability, .floor: "give a probability such as 0.01"
    case .size(_, let units): "ask for a size between 1 and \(units)"
    case .emptySeed: "give any public text, such as the day's date and a published dice roll"
    case .floorsExceedSize: "lower the floor or draw more units"
    case .noScoreLeft: "draw fewer units or give scores above 0"
    case .probabilityZero: "give it a score above 0, a min_probability or --floor, or leave it out of the frame"
    }
  }

  public var exitStatus: ExitStatus {
    switch self {
    case .floor, .size, .emptySeed, .floorsExceedSize: .usage
    default: .data
    }
  }
}
