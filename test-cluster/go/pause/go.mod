module spywatcher/tools/pause

go 1.26.6
