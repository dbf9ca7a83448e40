module example.com/lars

go 1.19
