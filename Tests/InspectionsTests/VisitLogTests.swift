import Inspections
import Testing
